"""The municipality's units, as Diavgeia gives them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from kamara.simulator.work import ORGANIZATION, Work

UNITS = "organizational-units"
_FOUNDED = datetime(2011, 1, 1, tzinfo=UTC)


def unit_id(number: int) -> str:
    """The uid of a simulated unit."""
    return f"90000{number:04}"


def write_units(work: Work) -> None:
    """Write `units-6114.json`: every fifth unit is a directorate with the units after it."""
    expected = work.expectation(UNITS)
    units = [_unit(number) for number in range(1, work.counts.units + 1)]
    expected.records += len(units)
    with work.writing(UNITS, f"units-{ORGANIZATION}.json") as file:
        json.dump({"units": units}, file, ensure_ascii=False, indent=1)


def _unit(number: int) -> dict[str, object]:
    directorate = number % 5 == 1
    kind = "ΔΙΕΥΘΥΝΣΗ" if directorate else "ΤΜΗΜΑ"
    return {
        "uid": unit_id(number),
        "label": f"{'ΠΡΟΣΟΜΟΙΩΜΕΝΗ' if directorate else 'ΠΡΟΣΟΜΟΙΩΜΕΝΟ'} {kind} {number}",
        "abbreviation": None,
        "category": "ADMINISTRATION" if directorate else "UNIT",
        "unitDomains": [],
        "active": True,
        "activeFrom": int((_FOUNDED + timedelta(days=number)).timestamp() * 1000),
        "activeUntil": None,
        "parentId": ORGANIZATION if directorate else unit_id(number - (number - 1) % 5),
    }
