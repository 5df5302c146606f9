"""The coming state of a derived dataset: from its changed sources, or from nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import groupby
from pathlib import Path

from kamara.loaders.derivation.changes import Changes
from kamara.loaders.derivation.description import Derivation
from kamara.loaders.derivation.results import Results
from kamara.loaders.derivation.rule import Rule, Touched, read_touched
from kamara.loaders.errors import DerivationError
from kamara.sparql import lines
from kamara.sparql.lines import distinct, subject
from kamara.sparql.store import GraphStore

# From here on it is cheaper to make all results again than to hold so many removed lines in memory.
MOST_REMOVED = 200_000


class Making:
    """Makes the sorted lines of one derived dataset's results; temporary files go to `scratch`."""

    def __init__(self, derivation: Derivation, rule: Rule, results: Results, scratch: Path) -> None:
        self._derivation = derivation
        self._rule = rule
        self._results = results
        self._scratch = scratch

    def afresh(self) -> Iterator[str]:
        """All results of the sources as they stand."""
        touched = self._write(self._rule.every_result())
        self._require_one_slice(touched)
        return distinct(lines.sort(self._results.all_of(touched), self._scratch))

    def after(self, changes: Changes, store: GraphStore, known: Iterable[str]) -> Iterator[str]:
        """The `known` lines with the results made again that the changes touch."""
        with store.remembering(changes.removed(), changes.since):
            touched = self._write(self._rule.touched_by(changes.subjects(self._scratch)))
        foci = self._require_one_slice(touched)
        made = lines.sort(self._results.those_of(touched), self._scratch)
        return merge(without(known, (line[:-1] for line in lines.read(foci))), made)

    def _write(self, touched: Iterable[Touched]) -> Path:
        path = self._scratch / f"{self._derivation.name}.touched.zst"
        with lines.writing(path) as text:
            text.writelines(lines.sort((one.to_json() for one in touched), self._scratch))
        return path

    def _require_one_slice(self, touched: Path) -> Path:
        """Write the results by name to a file. Raises DerivationError for one that is in two slices."""
        path = self._scratch / f"{self._derivation.name}.foci.zst"
        found = (f"{one.focus} {one.slice}\n" for one in map(read_touched, lines.read(touched)))
        with lines.writing(path) as text:
            for name, some in groupby(lines.sort(found, self._scratch), key=subject):
                if len(list(some)) > 1:
                    raise DerivationError(
                        f"names {name} in two slices",
                        where=str(self._derivation.affected),
                        remedy="let the address of a result hold its slice",
                    )
                text.write(f"{name}\n")
        return path


def without(known: Iterable[str], names: Iterable[str]) -> Iterator[str]:
    """Sorted lines without those whose subject is one of the sorted `names`."""
    waiting = iter(names)
    name = next(waiting, None)
    for about, some in groupby(known, key=subject):
        while name is not None and name < about:
            name = next(waiting, None)
        if about != name:
            yield from some
