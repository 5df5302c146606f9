"""Citizens' reports as the API of ImproveMyCity 3 gives them: issues, timeline, categories, steps.

Times are in UTC; `moderation` is true while a report waits, `state` 0 when it was taken back. Both kinds must
never be public, nor what their timelines say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from typing import TextIO

from kamara.simulator.numbers import contact
from kamara.simulator.work import YEAR, Work, position

SOURCE = "improvemycity"
_ZERO = "0000-00-00 00:00:00"
_FIRST_CATEGORY = 8
_SOLVED = 3


def write_improvemycity(work: Work) -> None:
    """Write `issues.json`, `timeline.json`, `categories.json` and `steps.json`."""
    words = work.words["reports"]
    with _answer(work, "issues.json") as issues, _answer(work, "timeline.json") as timeline:
        maker = _Maker(work, issues, timeline)
        for number in range(1, work.counts.issues + 1):
            maker.write_report(number)
    with _answer(work, "categories.json") as file:
        for number, title in enumerate(words["category"]):
            one = {
                "title": title,
                "parentid": 1,
                "path": f"category-{number}",
                "id": _FIRST_CATEGORY + number,
            }
            _member(work, file, one | {"state": 1, "updated_ts": 0, "image": "", "children": []}, number)
    with _answer(work, "steps.json") as file:
        for number, title in enumerate(words["step"]):
            one = {"id": number + 1, "title": title, "description": "", "stepcolor": "#00aa00"}
            _member(work, file, one | {"ordering": number + 1, "state": 1}, number)


@contextmanager
def _answer(work: Work, name: str) -> Iterator[TextIO]:
    """An answer of the API, its members still to be written."""
    with work.writing(SOURCE, name) as file:
        file.write('{"success": true, "message": "", "messages": null, "data": [')
        yield file
        file.write("\n]}\n")


def _member(work: Work, file: TextIO, content: dict[str, object], before: int) -> None:
    file.write((",\n" if before else "\n") + json.dumps(content, ensure_ascii=False))
    work.expectation(SOURCE).records += 1


class _Maker:
    def __init__(self, work: Work, issues: TextIO, timeline: TextIO) -> None:
        self._work = work
        self._numbers = work.random(SOURCE)
        self._expected = work.expectation(SOURCE)
        self._issues = issues
        self._timeline = timeline
        self._entries = 0

    def write_report(self, number: int) -> None:
        """One report and its timeline."""
        work, numbers, cases = self._work, self._numbers, self._expected.cases
        made = datetime(YEAR, 1, 1) + timedelta(minutes=numbers.randrange(365 * 24 * 60))
        steps = list(self._steps(numbers, made))
        waits, rejected = work.falls(numbers, "report-unmoderated"), work.falls(numbers, "report-rejected")
        timeless = work.falls(numbers, "report-zero-date")
        cases["zero date"] += timeless
        if waits or rejected:
            self._expected.quarantined["not moderated" if waits else "rejected"] += 1
            self._expected.quarantined["history of a report that is not public"] += len(steps)
        else:
            cases["reports"] += 1
            cases["solved"] += steps[-1][0] == _SOLVED
            cases["activities"] += len(steps)
        updated = _ZERO if timeless else f"{steps[-1][1]:%Y-%m-%d %H:%M:%S}"
        report = self._report(number, steps[-1][0])
        times = {"created": f"{made:%Y-%m-%d %H:%M:%S}", "updated": updated}
        state = {"state": int(not rejected), "moderation": waits}
        _member(work, self._issues, report | times | state, number - 1)
        for step, time in steps:
            self._write_entry(number, step, time)

    def _report(self, number: int, step: int) -> dict[str, object]:
        work, numbers, words = self._work, self._numbers, self._work.words["reports"]
        kind = numbers.randrange(len(words["category"]))
        lon, lat = position(numbers)
        placed = not work.falls(numbers, "report-without-position")
        self._expected.cases["without position"] += not placed
        street = f"Οδός Προσομοίωσης {numbers.randrange(1, work.counts.streets + 1)}"
        votes = int(numbers.expovariate(0.5))
        return {
            "id": number,
            "title": words["problem"][kind],
            "stepid": step + 1,
            "stepid_title": words["step"][step],
            "stepid_color": "#00aa00",
            "catid": _FIRST_CATEGORY + kind,
            "catid_title": words["category"][kind],
            "category_image": "",
            "regnum": "",
            "regdate": _ZERO,
            "responsible": "",
            "description": self._description(words["problem"][kind], street),
            "address": f"{street}, Θεσσαλονίκη",
            "latitude": f"{lat}" if placed else "",
            "longitude": f"{lon}" if placed else "",
            "extra": "",
            "hits": 0,
            "votes": votes,
            "subgroup": 0,
            "alias": "",
            "photos": [],
            "attachments": [],
        }

    def _description(self, problem: str, street: str) -> str:
        text = f"Προσομοίωση: {problem.lower()} στην {street}."
        if not self._work.falls(self._numbers, "text-with-contact"):
            return text
        self._expected.cases["contact in text"] += 1
        return f"{text} Καλέστε: {contact(self._work, self._numbers)}"

    def _steps(self, numbers: Random, made: datetime) -> Iterator[tuple[int, datetime]]:
        """Submitted, then on through acknowledged and in progress to solved, for most reports."""
        yield 0, made
        for step in (1, 2, _SOLVED):
            if numbers.random() < 0.15:
                return
            made += timedelta(minutes=numbers.randrange(60, 7 * 24 * 60))
            yield step, made

    def _write_entry(self, number: int, step: int, time: datetime) -> None:
        title = self._work.words["reports"]["step"][step]
        entry: dict[str, object] = {
            "issueid": number,
            "action": "step" if step else "created",
            "description": "Προσομοίωση" if step else "",
            "created": f"{time:%Y-%m-%d %H:%M:%S}",
            "id": step + 1,
            "stepid_title": title,
            "stepid_color": "#00aa00",
        }
        _member(self._work, self._timeline, entry, self._entries)
        self._entries += 1
