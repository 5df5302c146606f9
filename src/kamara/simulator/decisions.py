"""Decisions as Diavgeia's search gives them, a page a file: ISO dates in most, epoch milliseconds in some."""

from __future__ import annotations

import json
from collections import defaultdict, deque
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from kamara.simulator.budget import expenditure_lines
from kamara.simulator.decisionfields import SOURCE, FieldMaker
from kamara.simulator.numbers import contact
from kamara.simulator.rates import read_weights
from kamara.simulator.units import unit_id
from kamara.simulator.versionlogs import write_log
from kamara.simulator.work import ORGANIZATION, YEAR, Work

_PAGE = 100
_SITE = "https://diavgeia.gov.gr"
_EARLIER = 50
_FIRST, _MINUTES = datetime(YEAR, 1, 2, tzinfo=UTC), 360 * 24 * 60


def write_decisions(work: Work) -> None:
    """Write `search-epoch-0000.json` ... and `search-iso-0000.json` ..., each a page of a search."""
    epoch = round(work.counts.decisions * work.rates["decision-epoch"].share)
    maker = _Maker(work)
    for style, total in (("epoch", epoch), ("iso", work.counts.decisions - epoch)):
        work.expectation(SOURCE).cases[f"{style} dates"] += total
        for page, first in enumerate(range(0, total, _PAGE)):
            size = min(_PAGE, total - first)
            with work.writing(SOURCE, f"search-{style}-{page:04}.json") as file:
                file.write('{"decisions": [\n')
                for at in range(size):
                    file.write(",\n" if at else "")
                    json.dump(maker.decision(style), file, ensure_ascii=False)
                info = {"query": "simulated", "page": page, "size": _PAGE, "actualSize": size, "total": total}
                file.write(f'\n], "info": {json.dumps(info)}}}\n')


def ada(number: int) -> str:
    """The address of a simulated decision: ΠΡΟΣ stands for its being one."""
    return f"ΠΡΟΣ{number:06}-ΔΟΚ"


class _Maker:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._numbers = work.random(SOURCE)
        self._fields = FieldMaker(work, self._numbers, expenditure_lines(work))
        self._number = 0
        self._earlier: defaultdict[str, deque[str]] = defaultdict(partial(deque, maxlen=_EARLIER))
        types = read_weights()["decision-type"]
        self._types, self._weights = list(types), list(types.values())

    def decision(self, style: str) -> dict[str, object]:
        """The next decision, its dates in this style."""
        work, numbers, expected = self._work, self._numbers, self._work.expectation(SOURCE)
        self._number += 1
        expected.records += 1
        name = ada(self._number)
        (kind,) = numbers.choices(self._types, self._weights)
        expected.cases[f"type {kind}"] += 1
        part = (self._number - 1 + numbers.random()) / work.counts.decisions
        made = _FIRST + timedelta(minutes=int(part * _MINUTES))
        private = work.falls(numbers, "decision-private")
        corrects = work.falls(numbers, "decision-corrected")
        expected.cases["private"] += private
        expected.cases["corrected"] += corrects
        version, corrected = _uuid(numbers), _uuid(numbers) if corrects else None
        if corrected:
            write_log(work, name, version, corrected, made)
        decision: dict[str, object] = {
            "protocolNumber": f"{self._number}/{YEAR}",
            "subject": self._subject(numbers),
            "issueDate": _date(made.replace(hour=0, minute=0), style),
            "organizationId": ORGANIZATION,
            "signerIds": [f"9000{numbers.randrange(10000):05}"],
            "unitIds": [unit_id(numbers.randrange(1, work.counts.units + 1))],
            "decisionTypeId": kind,
            "thematicCategoryIds": self._themes(numbers),
            "privateData": private,
            "submissionTimestamp": _date(made + timedelta(hours=30), style),
            "publishTimestamp": _date(made + timedelta(hours=30), style),
            "status": self._status(numbers),
            "ada": name,
            "versionId": version,
            "correctedVersionId": corrected,
            "documentUrl": f"{_SITE}/doc/{name}",
            "documentChecksum": None,
            "url": f"{_SITE}/luminapi/api/decisions/{name}",
            "attachments": [],
            "warnings": None,
            "extraFieldValues": self._fields.fields(kind, self._earlier),
        }
        self._earlier[kind].append(name)
        return decision

    def _subject(self, numbers: Random) -> str:
        text = f"{numbers.choice(self._work.words['decisions']['subject'])} (προσομοίωση)"
        if self._work.falls(numbers, "text-with-contact"):
            self._work.expectation(SOURCE).cases["contact in subject"] += 1
            text = f"{text}, {contact(self._work, numbers)}"
        return text

    def _themes(self, numbers: Random) -> list[str]:
        two = self._work.falls(numbers, "decision-two-themes")
        self._work.expectation(SOURCE).cases["two themes"] += two
        return sorted(numbers.sample(self._work.words["decisions"]["theme"], 2 if two else 1))

    def _status(self, numbers: Random) -> str:
        revoked = self._work.falls(numbers, "decision-revoked")
        self._work.expectation(SOURCE).cases["revoked"] += revoked
        return "REVOKED" if revoked else "PUBLISHED"


def _date(time: datetime, style: str) -> str | int:
    return int(time.timestamp() * 1000) if style == "epoch" else time.isoformat()


def _uuid(numbers: Random) -> str:
    return str(UUID(int=numbers.getrandbits(128), version=4))
