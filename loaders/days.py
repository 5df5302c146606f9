"""The days of a history taken in one after the other, each at the cost of what it changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from kamara.loaders.coming import coming_state, description
from kamara.loaders.derive import Derived, Deriver
from kamara.loaders.errors import SystematicError
from kamara.loaders.lastfile import File, Place, difference, held_records, read_file
from kamara.loaders.quarantine import read_held
from kamara.loaders.snapshots import SourceFile
from kamara.loaders.source import Source
from kamara.loaders.standing import Standing
from kamara.sparql import lines


@dataclass(frozen=True)
class Day:
    """What a day's file made: sorted lines on files, as they were and as they are, of what it touches.

    `triples`: of the whole state after it.
    """

    derived: Derived
    before: Path
    after: Path
    triples: int


class Days:
    """Takes the files of days in, in their order. Temporary files are in `scratch`."""

    def __init__(
        self, source: Source, base_iri: str, deriver: Deriver, known: Iterable[str], scratch: Path
    ) -> None:
        self._source = source
        self._base_iri = base_iri
        self._deriver = deriver
        self._groups = source.groups(base_iri)
        self._standing = Standing(known, self._groups, scratch)
        self._before = scratch / f"{source.name}.before.nt.zst"
        self._after = scratch / f"{source.name}.after.nt.zst"
        self._last = File({})
        self._held = frozenset[bytes]()

    def take(self, file: SourceFile) -> Day:
        """Take the file of the next day in. Raises LoadError; then what stands is not to be relied on."""
        now = read_file(self._deriver.records(file), self._groups)
        day = (self._take_changes(file, now) if self._last else None) or self._take_whole(file)
        self._last, self._held = now, _held(now, day.derived)
        return day

    def whole(self) -> Iterable[str]:
        """The sorted lines after the last day."""
        return self._standing.whole()

    def close(self) -> None:
        """Remove the temporary files."""
        self._standing.close()
        for path in (self._before, self._after):
            path.unlink(missing_ok=True)

    def _take_changes(self, file: SourceFile, now: File) -> Day | None:
        """What the file's changes make; None where it takes the whole file to know."""
        changed = difference(self._last, self._held, now)
        try:
            derived = self._deriver.derive([file], self._standing.whole, changed.places)
        except SystematicError:
            return None
        # What is newly held back may be what records that say the same refer to.
        if derived.withheld or _held(now, derived) - self._held:
            return None
        derived = replace(derived, records=len(now))
        told = description(self._source, self._base_iri, derived, file)
        keys = changed.keys.union(self._groups.key_of_line(line) for line in told)
        self._merge(file, derived, self._standing.of(keys))
        self._standing.replace(keys, lines.read(self._after))
        return Day(derived, self._before, self._after, len(self._standing))

    def _take_whole(self, file: SourceFile) -> Day:
        derived = self._deriver.derive([file], self._standing.whole)
        self._merge(file, derived, self._standing.whole())
        self._standing.become(lines.read(self._after))
        return Day(derived, self._before, self._after, len(self._standing))

    def _merge(self, file: SourceFile, derived: Derived, known: Iterable[str]) -> None:
        with lines.writing(self._before) as text:
            text.writelines(known)
        with lines.writing(self._after) as text:
            text.writelines(
                coming_state(self._source, self._base_iri, lines.read(self._before), derived, file)
            )


def _held(file: File, derived: Derived) -> frozenset[bytes]:
    """What the records say that were held back of a file."""
    return held_records(file, _places(derived))


def _places(derived: Derived) -> Iterable[Place]:
    held = map(read_held, lines.read(derived.held)) if derived.held else ()
    return ((one.file, one.first_line) for one in held)
