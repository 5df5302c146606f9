"""Good records from bad: validation in batches, then what refers to something held back is held back too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from kamara.config import LoadSettings
from kamara.loaders.errors import SystematicError
from kamara.loaders.holding import Holding
from kamara.loaders.quarantine import Held
from kamara.loaders.records import ERASED, Record, dangling, withheld
from kamara.loaders.validation.violations import Violation
from kamara.loaders.withholding import Withheld
from kamara.sparql import lines
from kamara.sparql.lines import subject

# An engine takes about 1 kB of memory a line.
_BATCH_LINES = 50_000

Validate = Callable[[list[str]], list[Violation]]


@dataclass(frozen=True)
class Spooled:
    """A good record on the spool, with its number in the source."""

    number: int
    file: str
    first_line: int
    last_line: int
    lines: list[str]


@dataclass
class Sifted:
    """The outcome: good records on a spool file, held ones with their reasons.

    `bad` counts those that are held for a fault of theirs: not on purpose, and not because of others.
    """

    spool: Path
    held: Holding
    total: int = 0
    bad: int = 0
    dropped: set[int] = field(default_factory=set)

    @property
    def withheld(self) -> Withheld:
        """What the withheld records describe."""
        return Withheld(self.held.withheld)

    def good(self) -> Iterator[Spooled]:
        """The good records, in the order of the source."""
        return (record for record in _unspool(self.spool) if record.number not in self.dropped)

    def lines(self) -> Iterator[str]:
        """The lines of all good records, in the order of the source."""
        return (line for record in self.good() for line in record.lines)


def sift(records: Iterable[Record], validate: Validate, spool: Path, limits: LoadSettings) -> Sifted:
    """Validate `records` in batches, or in smaller ones that have many lines; write the good ones to `spool`.

    Raises SystematicError as soon as too many of the records read so far are bad.
    """
    sifted = Sifted(spool, Holding(spool.with_suffix(".held")))
    with lines.writing(spool) as text, sifted.held.adding() as hold:
        for some in _batches(records, limits.batch_records):
            judged = list(zip(some, _judge(some, validate), strict=True))
            for record, reasons in judged:
                if reasons:
                    hold(sifted.total, _hold(record, reasons))
                    sifted.bad += _is_fault(record, reasons)
                else:
                    text.write(f"#{sifted.total} {record.first_line} {record.last_line} {record.file}\n")
                    text.writelines(record.lines)
                sifted.total += 1
            if sifted.bad > max(limits.max_bad_records, limits.max_bad_share * sifted.total):
                raise _systematic(sifted, judged)
    return sifted


def hold_back_withheld(sifted: Sifted) -> None:
    """Hold back the good records about things that other records withhold, and about parts of these."""
    hidden = sifted.withheld
    if hidden:
        _hold_back(sifted, lambda record: _withheld(record, hidden))


def hold_back_dependants(sifted: Sifted, known: Callable[[set[str]], set[str]]) -> None:
    """Hold back, again and again until none is left, good records that refer to what only held ones describe.

    `known` tells which of some things the dataset describes already: their last good state stays, unless they
    are withheld.
    """
    missing, hidden = sifted.held.subjects, sifted.withheld
    while missing := missing - _staying(missing, known, hidden):
        missing -= {name for line in sifted.lines() if (name := subject(line)) in missing}
        found = _hold_back(sifted, partial(_dangling, missing=missing))
        if not found:
            return
        missing |= found


def _hold_back(sifted: Sifted, why: Callable[[Spooled], tuple[Violation, ...]]) -> set[str]:
    """Hold back the good records that there are reasons for; gives what they describe."""
    dropped: set[int] = set()
    names: set[str] = set()
    with sifted.held.adding() as hold:
        for record in sifted.good():
            if reasons := why(record):
                subjects = _subjects(record)
                hold(record.number, Held(record.file, record.first_line, record.last_line, subjects, reasons))
                dropped.add(record.number)
                names.update(subjects)
    sifted.dropped |= dropped
    return names


def _batches(records: Iterable[Record], most: int) -> Iterator[list[Record]]:
    some: list[Record] = []
    held = 0
    for record in records:
        some.append(record)
        held += len(record.lines)
        if len(some) == most or held >= _BATCH_LINES:
            yield some
            some, held = [], 0
    if some:
        yield some


def _judge(some: list[Record], validate: Validate) -> list[list[Violation]]:
    """The reasons against each record; with more of them than an engine tells, by halves of the batch.

    Raises SystematicError for one record that has so many of its own.
    """
    try:
        return _judge_together(some, validate)
    except SystematicError:
        if len(some) == 1:
            raise
    middle = len(some) // 2
    return _judge(some[:middle], validate) + _judge(some[middle:], validate)


def _judge_together(some: list[Record], validate: Validate) -> list[list[Violation]]:
    reasons = [list(record.problems) for record in some]
    owners: dict[str, list[int]] = {}
    content: list[str] = []
    for place, record in enumerate(some):
        if not record.problems:
            content += record.lines
            for name in dict.fromkeys(subject(line) for line in record.lines):
                owners.setdefault(name, []).append(place)
    for violation in validate(content) if content else ():
        if violation.blocks:
            for place in owners.get(f"<{violation.focus}>", ()):
                reasons[place].append(violation)
    return reasons


def _hold(record: Record, reasons: list[Violation]) -> Held:
    return Held(record.file, record.first_line, record.last_line, record.things, tuple(reasons))


def _is_fault(record: Record, reasons: list[Violation]) -> bool:
    """Whether a record is held for a fault: not because its thing is erased, or a shape withholds it.

    What cannot be mapped may be withheld to be on the safe side; it is a fault all the same.
    """
    if record.problems:
        return any(problem.component != ERASED for problem in record.problems)
    return not any(reason.withholds for reason in reasons)


def _staying(things: set[str], known: Callable[[set[str]], set[str]], hidden: Withheld) -> set[str]:
    return {name for name in known(things) if not hidden.covers(name)} if things else set()


def _object(line: str) -> str:
    return line.split(" ", 2)[2][:-3]


def _subjects(record: Spooled) -> tuple[str, ...]:
    return tuple(dict.fromkeys(subject(line) for line in record.lines))


def _withheld(record: Spooled, hidden: Withheld) -> tuple[Violation, ...]:
    return tuple(withheld(name) for name in _subjects(record) if hidden.covers(name))


def _dangling(record: Spooled, missing: set[str]) -> tuple[Violation, ...]:
    return tuple(dangling(subject(line), _object(line)) for line in record.lines if _object(line) in missing)


def _unspool(path: Path) -> Iterator[Spooled]:
    head, content = "", list[str]()
    for line in lines.read(path):
        if not line.startswith("#"):
            content.append(line)
            continue
        if head:
            yield _spooled(head, content)
        head, content = line, []
    if head:
        yield _spooled(head, content)


def _spooled(head: str, content: list[str]) -> Spooled:
    number, first, last, file = head[1:-1].split(" ", 3)
    return Spooled(int(number), file, int(first), int(last), content)


def _systematic(sifted: Sifted, judged: list[tuple[Record, list[Violation]]]) -> SystematicError:
    """The error for a source in which the fault is not in single records; it names one of the last batch."""
    record, reasons = next(pair for pair in judged if pair[1] and _is_fault(*pair))
    reason = reasons[0]
    return SystematicError(
        f"{sifted.bad} of the first {sifted.total} records are bad; one of them: "
        f"{reason.path} holds {reason.found!r}, expected {reason.expected['en']}",
        where=f"{record.file}:{record.first_line}",
        remedy="correct the source or its mapping; or raise load.max_bad_records or load.max_bad_share",
    )
