"""The daily files of a budget: expenditure and revenue, as the municipality exports them.

UTF-16BE with byte order mark, `;`, `1.234,56`, one field more than headings, LF. Key: service and Κ.Α.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random

from kamara.simulator.codes import greek_names, notations
from kamara.simulator.work import Work, days_of_year

_BYTE_ORDER_MARK = "\ufeff"
_EXPENDITURE = ("draft", "revised", "reserved", "approved", "executed")
_REVENUE = ("draft", "revised", "approved", "executed")
_HEADINGS = {
    "draft": "Προϋπολογισθέντα",
    "revised": "Διαμορφωθέντα",
    "reserved": "Δεσμευθέντα",
    "approved": "Ενταλθέντα",
    "executed": "Πληρωθέντα",
}
_REVENUE_HEADINGS = _HEADINGS | {"approved": "Βεβαιωθέντα", "executed": "Εισπραχθέντα"}


@dataclass
class Line:
    """One line of a budget: its key, its description, and an amount a phase in cents."""

    service: str
    service_name: str
    ka: str
    description: str
    cents: list[int]


@dataclass(frozen=True)
class Side:
    """What differs between expenditure and revenue."""

    source: str
    folder: str
    phases: tuple[str, ...]
    headings: dict[str, str]
    change: str


_SIDES = (
    Side("budget-expenditure", "Expenses", _EXPENDITURE, _HEADINGS, "budget-expenditure-change"),
    Side("budget-revenue", "Incomes", _REVENUE, _REVENUE_HEADINGS, "budget-revenue-change"),
)


def write_budget(work: Work) -> None:
    """Write both sides, a file a working day. Their drafts have the same total."""
    spending, income = expenditure_lines(work), _revenue_lines(work)
    total = sum(line.cents[0] for line in spending)
    _balance(income, total)
    for side, lines in zip(_SIDES, (spending, income), strict=True):
        _write_year(work, side, lines)


def expenditure_lines(work: Work) -> list[Line]:
    """The lines of expenditure as the year begins; other domains refer to them."""
    numbers = work.random("budget-expenditure/lines")
    names = greek_names(work.resources.ontology / "codes" / "budget-service.ttl")
    services = [code for code in names if code.isdigit()]
    kaes = [code for code in _leaves(work, "kae-expenditure") if code[0] in "67"]
    keys: set[tuple[str, str]] = set()
    while len(keys) < work.counts.expenditure_lines:
        keys.add((numbers.choice(services), _ka(numbers, kaes)))
    return [
        Line(service, names[service], ka, _description(work, numbers, ka), _amounts(numbers, _EXPENDITURE))
        for service, ka in sorted(keys)
    ]


def _revenue_lines(work: Work) -> list[Line]:
    numbers = work.random("budget-revenue/lines")
    kaes = _leaves(work, "kae-revenue")
    keys: set[str] = set()
    while len(keys) < work.counts.revenue_lines:
        keys.add(_ka(numbers, kaes))
    return [
        Line("", "", ka, _description(work, numbers, ka), _amounts(numbers, _REVENUE)) for ka in sorted(keys)
    ]


def _leaves(work: Work, scheme: str) -> list[str]:
    codes = notations(work.resources.ontology / "codes" / f"{scheme}.ttl")
    return [code for code in codes if len(code) == 4 and code.isdigit()]


def _ka(numbers: Random, kaes: list[str]) -> str:
    return f"{numbers.choice(kaes)}.{numbers.randrange(1, 100):02}.{numbers.randrange(1, 100):02}"


def _description(work: Work, numbers: Random, ka: str) -> str:
    words = work.words["budget"]
    text = f"{numbers.choice(words['act'])} {numbers.choice(words['object'])} (προσομοίωση {ka})"
    return f" {text} " if work.falls(numbers, "budget-spaced-description") else text


def _amounts(numbers: Random, phases: tuple[str, ...]) -> list[int]:
    """Drafts spread as in real budgets: many small ones, few of millions. Nothing is spent yet."""
    draft = round(10 ** numbers.uniform(2.5, 6.2)) * 100
    return [draft, draft] + [0] * (len(phases) - 2)


def _balance(lines: list[Line], total: int) -> None:
    """Scale the revenue so that its draft total is the expenditure's; the last line takes the cents left."""
    own = sum(line.cents[0] for line in lines)
    for line in lines:
        line.cents[0] = line.cents[1] = line.cents[0] * total // own
    rest = total - sum(line.cents[0] for line in lines)
    lines[-1].cents[0] += rest
    lines[-1].cents[1] += rest


def _write_year(work: Work, side: Side, lines: list[Line]) -> None:
    numbers = work.random(f"{side.source}/days")
    expected = work.expectation(side.source)
    share = float(work.rates[side.change].share)
    days = list(_working_days(work.counts.budget_days))
    for number, day in enumerate(days):
        if number and not work.falls(numbers, "budget-quiet-day"):
            left = len(days) - number
            for line in lines:
                if numbers.random() < share:
                    _advance(numbers, line, left)
                    expected.cases["changed"] += 1
        elif number:
            expected.cases["quiet days"] += 1
        _write_day(work, side, lines, day)
        expected.records += len(lines)
    for at, phase in enumerate(side.phases):
        expected.add(phase, Decimal(sum(line.cents[at] for line in lines)) / 100)


def _advance(numbers: Random, line: Line, left: int) -> None:
    """Let a line's money go on: a later phase never has more than the one before it."""
    cents = line.cents
    if numbers.random() < 0.05:
        cents[1] = max(cents[2], cents[1] + numbers.randrange(-cents[0] // 10, cents[0] // 10 + 1))
    for at in range(2, len(cents)):
        room = cents[at - 1] - cents[at]
        if room > 0:
            cents[at] += min(room, 1 + round(room * numbers.random() * min(1.0, 12 / left)))


def _working_days(wanted: int) -> Iterator[date]:
    working = [day for day in days_of_year() if day.weekday() < 5]
    return iter(working[:wanted])


def _write_day(work: Work, side: Side, lines: list[Line], day: date) -> None:
    name = f"{side.folder}/{day:%Y_%m_%d}_21.29.csv"
    with work.writing(side.source, name, encoding="utf-16-be") as file:
        headings = ["Υπηρεσία", "Κ.Α.", "Περιγραφή", *(side.headings[phase] for phase in side.phases)]
        file.write(_BYTE_ORDER_MARK + ";".join(headings) + "\n")
        for line in lines:
            amounts = ";".join(greek_amount(cents) for cents in line.cents)
            file.write(f"{line.service_name};{line.ka};{line.description};{amounts};\n")


def greek_amount(cents: int) -> str:
    """`1.234,56` of 123456 cents."""
    euros = f"{cents // 100:,}".replace(",", ".")
    return f"{euros},{cents % 100:02}"
