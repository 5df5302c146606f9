"""The council's meetings as tables: bodies, meetings, agenda items with the decisions they led to, votes."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from random import Random
from typing import TextIO

from kamara.simulator.decisions import ada
from kamara.simulator.work import YEAR, Work

SOURCE = "council"
_KIND = "municipal-council"
_BODY = (_KIND, _KIND, "Δημοτικό Συμβούλιο (προσομοίωση)", "Municipal Council (simulated)")
_ITEMS = 5
_SEATS = 49


def write_council(work: Work) -> None:
    """Write `bodies.csv`, `meetings.csv`, `agenda.csv` and `votes.csv`. The last item of each has no vote."""
    numbers = work.random(SOURCE)
    with (
        work.writing(SOURCE, "bodies.csv") as bodies,
        work.writing(SOURCE, "meetings.csv") as meetings,
        work.writing(SOURCE, "agenda.csv") as agenda,
        work.writing(SOURCE, "votes.csv") as votes,
    ):
        tables = _Tables(work, bodies, meetings, agenda, votes)
        for number in range(1, work.counts.meetings + 1):
            tables.write_meeting(numbers, number)


class _Tables:
    def __init__(self, work: Work, bodies: TextIO, meetings: TextIO, agenda: TextIO, votes: TextIO) -> None:
        self._work = work
        self._expected = work.expectation(SOURCE)
        self._meetings, self._agenda, self._votes = (
            csv.writer(file, lineterminator="\n") for file in (meetings, agenda, votes)
        )
        table = csv.writer(bodies, lineterminator="\n")
        table.writerow(["body", "type", "name_el", "name_en"])
        table.writerow(_BODY)
        self._expected.records += 1
        self._meetings.writerow(["meeting", "body", "number", "kind", "date", "start", "present"])
        self._agenda.writerow(["meeting", "item", "subject", "ada"])
        self._votes.writerow(["meeting", "item", "outcome", "for", "against", "blank", "abstained"])

    def write_meeting(self, numbers: Random, number: int) -> None:
        """One meeting with its agenda and votes."""
        name, present = f"ΔΣ-{YEAR}-{number:04}", numbers.randrange(30, _SEATS + 1)
        day = date(YEAR, 1, 10) + timedelta(days=numbers.randrange(340))
        told = f"{day.day}/{day.month}/{day.year}"
        self._meetings.writerow([name, _BODY[0], number, "Τακτική", told, f"{told} 19:00", present])
        self._expected.records += 1
        for item in range(1, _ITEMS + 1):
            self._write_item(numbers, name, item, present)

    def _write_item(self, numbers: Random, meeting: str, item: int, present: int) -> None:
        decision = ada(numbers.randrange(1, self._work.counts.decisions + 1)) if item < _ITEMS else ""
        subject = f"{numbers.choice(self._work.words['decisions']['subject'])} (προσομοίωση)"
        self._agenda.writerow([meeting, item, subject, decision])
        self._expected.records += 1
        if item == _ITEMS:
            return
        against = numbers.choice((0, 0, 3, 9))
        outcome = "Κατά πλειοψηφία εγκρίθηκε" if against else "Ομόφωνα εγκρίθηκε"
        self._votes.writerow([meeting, item, outcome, present - against, against, 0, 0])
        self._expected.records += 1
        self._expected.cases["votes for"] += present - against
