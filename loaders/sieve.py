"""Good records from bad: validation in batches, then what refers to something held back is held back too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kamara.loaders.errors import LoadError
from kamara.loaders.quarantine import Held
from kamara.loaders.records import Record, dangling, withheld
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
    """The outcome: good records on a spool file, bad ones with their reasons."""

    spool: Path
    total: int = 0
    held: list[Held] = field(default_factory=list)
    dropped: set[int] = field(default_factory=set)

    @property
    def published(self) -> int:
        """The number of good records."""
        return self.total - len(self.held)

    @property
    def held_subjects(self) -> set[str]:
        """Every thing that some quarantined record would describe."""
        return {name for held in self.held for name in held.subjects}

    @property
    def withheld(self) -> Withheld:
        """What the withheld records describe."""
        return Withheld(name for held in self.held if held.withheld for name in held.subjects)

    def good(self) -> Iterator[Spooled]:
        """The good records, in the order of the source."""
        return (record for record in _unspool(self.spool) if record.number not in self.dropped)

    def lines(self) -> Iterator[str]:
        """The lines of all good records, in the order of the source."""
        return (line for record in self.good() for line in record.lines)


def sift(records: Iterable[Record], validate: Validate, spool: Path, batch: int, limit: int) -> Sifted:
    """Validate `records` by `batch`, or by fewer that have many lines, and write the good ones to `spool`.

    Raises LoadError when more than `limit` records are bad: the fault is systematic, and the source stops.
    """
    sifted = Sifted(spool)
    with lines.writing(spool) as text:
        for some in _batches(records, batch):
            for record, reasons in zip(some, _judge(some, validate), strict=True):
                if reasons:
                    sifted.held.append(_hold(record, reasons))
                else:
                    text.write(f"#{sifted.total} {record.first_line} {record.last_line} {record.file}\n")
                    text.writelines(record.lines)
                sifted.total += 1
            if len(sifted.held) > limit:
                raise _systematic(sifted, limit)
    return sifted


def hold_back_withheld(sifted: Sifted) -> None:
    """Hold back the good records about things that other records withhold, and about parts of these."""
    hidden = sifted.withheld
    if hidden:
        _drop(sifted, {r.number: held for r in sifted.good() if (held := _withheld(r, hidden))})


def hold_back_dependants(sifted: Sifted, known: Callable[[set[str]], set[str]]) -> None:
    """Hold back, again and again until none is left, good records that refer to what only held ones describe.

    `known` tells which of some things the dataset describes already: their last good state stays, unless they
    are withheld.
    """
    missing, hidden = sifted.held_subjects, sifted.withheld
    while missing := missing - _staying(missing, known, hidden):
        missing -= {name for line in sifted.lines() if (name := subject(line)) in missing}
        found = {r.number: held for r in sifted.good() if (held := _dangling(r, missing))}
        if not found:
            return
        _drop(sifted, found)
        missing |= {name for held in found.values() for name in held.subjects}


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


def _drop(sifted: Sifted, found: dict[int, Held]) -> None:
    sifted.dropped |= found.keys()
    sifted.held += found.values()


def _staying(things: set[str], known: Callable[[set[str]], set[str]], hidden: Withheld) -> set[str]:
    return {name for name in known(things) if not hidden.covers(name)} if things else set()


def _object(line: str) -> str:
    return line.split(" ", 2)[2][:-3]


def _withheld(record: Spooled, hidden: Withheld) -> Held | None:
    subjects = tuple(dict.fromkeys(subject(line) for line in record.lines))
    reasons = tuple(withheld(name) for name in subjects if hidden.covers(name))
    return Held(record.file, record.first_line, record.last_line, subjects, reasons) if reasons else None


def _dangling(record: Spooled, missing: set[str]) -> Held | None:
    reasons = [dangling(subject(line), _object(line)) for line in record.lines if _object(line) in missing]
    if not reasons:
        return None
    subjects = tuple(dict.fromkeys(subject(line) for line in record.lines))
    return Held(record.file, record.first_line, record.last_line, subjects, tuple(reasons))


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


def _systematic(sifted: Sifted, limit: int) -> LoadError:
    first, reason = sifted.held[0], sifted.held[0].reasons[0]
    return LoadError(
        f"{len(sifted.held)} of the first {sifted.total} records are bad, more than {limit}; the first: "
        f"{reason.path} holds {reason.found!r}, expected {reason.expected['en']}",
        where=first.name,
        remedy="correct the source or its mapping; or raise load.max_violations",
    )
