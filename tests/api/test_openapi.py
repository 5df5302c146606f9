"""What the OpenAPI description allows, and what it does not, is answered: no server error, no stack trace."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema
from support.graph import FixedVersions, numbers, publish
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.config import Settings

LEAK = re.compile(r'Traceback|File "[^"]+", line|site-packages|panicked')
PROBLEM = "application/problem+json"
bounded = settings(max_examples=4, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseSchema]:
    """The description that a server over a small graph gives of itself."""
    version = publish(tmp_path_factory.mktemp("versions"), numbers(200))
    settings_ = Settings(data_dir=tmp_path_factory.mktemp("data"))
    with running(create_app(settings_, FixedVersions(version))) as base:
        yield schemathesis.openapi.from_url(f"{base}/openapi.json")


def fault(case: Case) -> str:
    """What is wrong with the answer; empty when nothing is."""
    answer = case.call()
    told = "".join(answer.headers.get("content-type", [])).partition(";")[0]
    if answer.status_code >= 500 or LEAK.search(answer.text):
        return f"{answer.status_code}: {answer.text[:300]}"
    if answer.status_code >= 400 and told not in (PROBLEM, "text/html"):
        return f"{answer.status_code} as {told}"
    return ""


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_every_operation_answers_what_is_sent_to_it(schema: BaseSchema, mode: GenerationMode) -> None:
    asked = 0
    for operation in (found.ok() for found in schema.get_all_operations()):

        @bounded
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Case) -> None:
            nonlocal asked
            asked += 1
            assert fault(case) == "", case.as_curl_command()

        try:
            ask()
        except Unsatisfiable:
            # What takes anything cannot be sent anything wrong.
            continue
    assert asked > 100
