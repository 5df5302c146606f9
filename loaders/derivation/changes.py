"""What changed in the datasets that a derived one is made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path

from kamara.sparql import lines
from kamara.sparql.changeset import ChangeSet
from kamara.sparql.lines import subject
from kamara.sparql.log import ChangeLog


class Changes:
    """The change sets of some datasets after those that are `taken` in, the last of each by its name."""

    def __init__(self, log: ChangeLog, sources: Sequence[str], taken: Mapping[str, int]) -> None:
        self._sets: list[ChangeSet] = [
            item for item in log if item.dataset in sources and item.sequence > taken.get(item.dataset, 0)
        ]

    @property
    def since(self) -> int:
        """The number of the change set before all of these."""
        return min((item.sequence for item in self._sets), default=1) - 1

    @property
    def lines_removed(self) -> int:
        """How many lines they removed; one that came again counts too."""
        return sum(item.manifest.counts.removed for item in self._sets)

    def removed(self) -> Iterator[tuple[str, str]]:
        """Each line that they removed, after the name of its dataset."""
        return ((item.dataset, line) for item in self._sets for line in item.removes())

    def subjects(self, scratch: Path) -> Iterator[str]:
        """The things of which they changed a line, each once as `<IRI>`, in order. Runs go to `scratch`."""
        changed = (subject(line) for item in self._sets for line in chain(item.adds(), item.removes()))
        return (line[:-1] for line in lines.sort((f"{name}\n" for name in _runs(changed)), scratch))


def _runs(names: Iterator[str]) -> Iterator[str]:
    """The names without repetitions that follow each other."""
    last = ""
    for name in names:
        if name != last:
            yield name
            last = name
