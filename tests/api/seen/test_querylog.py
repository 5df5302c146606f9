"""The query log: every entry once, in files that stay within their bound, whatever happens to the disk."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from kamara.api.seen.querylog import Entry, QueryLog, read_entries
from kamara.api.seen.summary import Outcome, summarise

ENTRY = Entry(time="2026-04-01T10:00:00Z", status=200, total=0.02, bytes=100, whole=True, shape="a" * 12)


def written(folder: Path, *entries: Entry, max_mb: float = 1) -> None:
    log = QueryLog(folder, max_mb)
    log.start()
    for entry in entries:
        log.add(entry)
    log.close()


def test_entries_come_back_in_their_order(tmp_path: Path) -> None:
    entries = [replace(ENTRY, bytes=number, form="SELECT") for number in range(3000)]
    written(tmp_path / "queries", *entries)
    assert list(read_entries(tmp_path / "queries")) == entries


def test_a_line_is_json_without_what_is_not_known(tmp_path: Path) -> None:
    written(tmp_path, ENTRY)
    (line,) = (tmp_path / "queries.jsonl").read_text().splitlines()
    assert json.loads(line) == {
        "time": "2026-04-01T10:00:00Z",
        "status": 200,
        "total": 0.02,
        "bytes": 100,
        "whole": True,
        "shape": "a" * 12,
    }


def test_the_files_together_stay_within_their_bound_and_the_oldest_go_first(tmp_path: Path) -> None:
    for start in range(0, 8000, 500):
        written(tmp_path, *(replace(ENTRY, bytes=number) for number in range(start, start + 500)), max_mb=0.5)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 0.5 * (1 << 20)
    assert 1 < len(list(tmp_path.iterdir())) <= 5
    kept = [entry.bytes for entry in read_entries(tmp_path)]
    assert kept == list(range(kept[0], 8000))
    assert kept[0] > 0


def test_a_line_that_was_cut_short_is_left_out(tmp_path: Path) -> None:
    written(tmp_path, ENTRY)
    with (tmp_path / "queries.jsonl").open("a") as opened:
        opened.write('{"time": "2026-04')
    assert list(read_entries(tmp_path)) == [ENTRY]


def test_a_folder_that_cannot_be_written_is_said_once_and_harms_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "queries").write_text("no folder")
    with caplog.at_level(logging.ERROR):
        written(tmp_path / "queries", *[ENTRY] * 3000)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "query log" in caplog.text


def test_a_summary_tells_outcomes_and_shapes_by_their_work() -> None:
    light = [replace(ENTRY, seconds=0.01, rows=2, lane="quick", form="SELECT") for _ in range(20)]
    heavy = replace(ENTRY, shape="b" * 12, seconds=9.0, rows=500, lane="long", name="budget-as-of")
    refused = replace(ENTRY, shape=None, status=400, problem="SyntaxRefusal", whole=False)
    found = summarise([*light, heavy, refused, replace(refused, status=504, shape="b" * 12)], None)
    assert (found.queries, found.broken, found.first) == (23, 2, "2026-04-01T10:00:00Z")
    assert found.outcomes[0] == Outcome(200, "", 21)
    first, second, third = found.shapes
    assert (first.name, first.seconds, first.refused, first.queries) == ("budget-as-of", 9.0, 1, 2)
    assert (second.queries, second.median, second.p95, second.rows) == (20, 0.01, 0.01, 40)
    assert (third.shape, third.refused) == ("-", 1)
    assert summarise([ENTRY], days=1).queries == 0
