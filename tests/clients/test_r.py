"""R's httr asks our endpoint."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from support import r
from support.budget import Budget

pytestmark = pytest.mark.slow
PROGRAM = Path(__file__).parent / "r" / "ask.R"
NAME = (
    "SELECT ?name (LANG(?name) AS ?language) { <https://data.thessaloniki.gr/id/organization/6114> "
    "<http://www.w3.org/2000/01/rdf-schema#label> ?name } ORDER BY ?language"
)


def asked(server: str, query: str, *job: str) -> subprocess.CompletedProcess[str]:
    if not r.is_there():
        pytest.skip(r.NOT_THERE)
    return r.run(PROGRAM, f"{server}/sparql", query, *job)


def rows(done: subprocess.CompletedProcess[str]) -> list[object]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_data_frame_has_numbers_and_greek(server: str, sample_budget: Budget) -> None:
    count = asked(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert rows(count) == [{"n": len(sample_budget.store)}]
    found = rows(asked(server, NAME))
    assert {"name": "Δήμος Θεσσαλονίκης", "language": "el"} in found


def test_a_refusal_says_why(server: str) -> None:
    done = asked(server, "SELECT * { ?s ?p }")
    assert done.returncode == 1
    assert done.stderr.startswith("400 ")
    assert "line 1" in done.stderr


def test_a_job_is_sent_asked_after_and_fetched(server: str) -> None:
    assert rows(asked(server, NAME, "job")) == rows(asked(server, NAME))
