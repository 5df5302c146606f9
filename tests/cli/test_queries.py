"""`kamara queries`: the query log, summed up for its operator."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kamara.api.seen.querylog import Entry, QueryLog
from kamara.cli import build_app
from kamara.errors import KamaraError
from kamara.sparql.layout import Layout


def ask(data: Path, *words: str) -> str:
    done = CliRunner().invoke(build_app(), ["--data", str(data), "queries", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


@pytest.fixture
def data(tmp_path: Path) -> Path:
    log = QueryLog(Layout(tmp_path).queries, 1)
    log.start()
    slow = Entry(
        "2026-04-02T10:00:00Z", 200, 3.2, 40, whole=True, shape="f" * 12, seconds=3.1, rows=7, lane="long"
    )
    quick = Entry(
        "2026-04-01T10:00:00Z", 200, 0.1, 60, whole=True, shape="e" * 12, name="budget-as-of", seconds=0.1
    )
    for entry in (
        quick,
        quick,
        slow,
        Entry("2026-04-02T11:00:00Z", 504, 20, 0, whole=True, problem="DeadlineError"),
    ):
        log.add(entry)
    log.close()
    return tmp_path


def test_outcomes_and_the_shapes_with_most_work_are_told(data: Path) -> None:
    shown = ask(data)
    assert shown.startswith("4 queries from 2026-04-01T10:00:00Z to 2026-04-02T11:00:00Z; 3.3 s")
    lines = shown.splitlines()
    assert any(line.split() == ["504", "DeadlineError", "1"] for line in lines)
    ordered = [line.split()[0] for line in lines if line.startswith(("ffff", "eeee"))]
    assert ordered == ["f" * 12, "e" * 12]
    assert "budget-as-of" in shown
    assert "e" * 12 not in ask(data, "--top", "1")


def test_the_same_for_programs(data: Path) -> None:
    told = json.loads(ask(data, "--json"))
    assert (told["queries"], told["bytes"]) == (4, 160)
    assert told["shapes"][0]["seconds"] == 3.1


def test_without_a_log_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KamaraError, match="kamara serve"):
        ask(tmp_path)
