"""The container file, read and checked; no container engine is needed (nor was one at hand to build it)."""

from __future__ import annotations

import json
import re
import tomllib

import pytest
from support.checkout import LINKED, ROOT

from kamara.config import Settings


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """Each instruction and its argument, continued lines joined."""
    text = (ROOT / "deploy" / "Containerfile").read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, " ".join(rest.split())) for word, _, rest in (line.partition(" ") for line in lines)]


def arguments(instructions, name):
    return [argument for word, argument in instructions if word == name]


def test_only_known_instructions_are_used(instructions):
    known = {"FROM", "WORKDIR", "COPY", "RUN", "LABEL", "ENV", "USER", "VOLUME", "EXPOSE", "STOPSIGNAL"}
    known |= {"HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert {word for word, _ in instructions} <= known


def test_the_base_is_a_python_that_the_pins_hold_for(instructions):
    bases = {argument.split()[0] for argument in arguments(instructions, "FROM")}
    assert bases == {"python:3.13-slim"}
    classifiers = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["classifiers"]
    assert "Programming Language :: Python :: 3.13" in classifiers


def test_everything_copied_is_there_and_every_room_is_copied(instructions):
    copied = {
        source
        for argument in arguments(instructions, "COPY")
        if "--from" not in argument
        for source in argument.split()[:-1]
    }
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert {*LINKED, "src", "LICENSE", "setup.py", "pyproject.toml"} <= copied


def test_packages_are_installed_by_hash(instructions):
    (first, second) = [run for run in arguments(instructions, "RUN") if "pip install" in run]
    assert "--require-hashes -r requirements/run.txt" in first
    assert "--no-deps --no-build-isolation" in second


def test_it_does_not_run_as_root(instructions):
    words = [word for word, _ in instructions]
    assert arguments(instructions, "USER") == ["10001"]
    assert words.index("USER") < words.index("ENTRYPOINT")


def test_it_sets_settings_that_exist(instructions):
    variables = re.findall(r"KAMARA_(\w+)=", " ".join(arguments(instructions, "ENV")))
    assert {variable.lower() for variable in variables} <= set(Settings.model_fields)


def test_the_health_check_is_python_and_asks_for_health(instructions):
    (check,) = arguments(instructions, "HEALTHCHECK")
    command = json.loads(check[check.index("CMD ") + 4 :])
    assert command[:2] == ["python", "-c"]
    compile(command[2], "healthcheck", "exec")
    assert "/health" in command[2]


def test_the_commands_are_json_lists(instructions):
    assert [json.loads(argument) for argument in arguments(instructions, "ENTRYPOINT")] == [["kamara"]]
    assert [json.loads(argument) for argument in arguments(instructions, "CMD")] == [["serve"]]
