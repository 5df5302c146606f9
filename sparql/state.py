"""The last state of each dataset as one sorted file: derived from the log, made anew when it is not there."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from kamara.sparql import durable, lines
from kamara.sparql.changeset import ChangeSet
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog

_SUFFIX = ".nt.zst"

# Change sets folded at a time: each keeps two files open.
FOLD = 100


class States:
    """Sorted N-Triples of each dataset at its newest change set."""

    def __init__(self, layout: Layout, log: ChangeLog) -> None:
        self._layout = layout
        self._log = log

    def read(self, dataset: str) -> Iterator[str]:
        """The lines of a dataset as it stands now; none when it was never loaded."""
        change_sets = self._log.of(dataset)
        if not change_sets:
            return iter(())
        path = self._path(dataset, change_sets[-1].sequence)
        if not path.exists():
            self._derive(dataset, change_sets)
        return lines.read(path)

    def stage(self, dataset: str, content: Iterable[str]) -> tuple[Path, int]:
        """Write a coming state to the side; gives its path and the number of its lines."""
        path = self._layout.scratch / f"{dataset}{_SUFFIX}"
        count = 0
        with lines.writing(path) as text:
            for line in content:
                text.write(line)
                count += 1
        return path, count

    def accept(self, staged: Path, change_set: ChangeSet) -> None:
        """Make a staged state the one of `change_set`, which must be acknowledged."""
        durable.sync_file(staged)
        durable.move(staged, self._path(change_set.dataset, change_set.sequence))
        self._forget_before(change_set.dataset, change_set.sequence)

    def _derive(self, dataset: str, change_sets: list[ChangeSet]) -> None:
        known = next((i for i in reversed(range(len(change_sets))) if self._kept(change_sets[i])), -1)
        for start in range(known + 1, len(change_sets), FOLD):
            some = change_sets[start : start + FOLD]
            base = self._path(dataset, change_sets[start - 1].sequence) if start else None
            target = self._path(dataset, some[-1].sequence)
            with durable.staged_file(target) as path, lines.writing(path) as text:
                text.writelines(fold(lines.read(base) if base else (), some))
        self._forget_before(dataset, change_sets[-1].sequence)

    def _kept(self, change_set: ChangeSet) -> bool:
        return self._path(change_set.dataset, change_set.sequence).exists()

    def _path(self, dataset: str, sequence: int) -> Path:
        return self._layout.states / f"{dataset}@{sequence:08d}{_SUFFIX}"

    def _forget_before(self, dataset: str, sequence: int) -> None:
        for path in self._layout.states.glob(f"{dataset}@*{_SUFFIX}"):
            if path != self._path(dataset, sequence):
                with suppress(FileNotFoundError):
                    path.unlink()


def fold(state: Iterable[str], change_sets: Iterable[ChangeSet]) -> Iterator[str]:
    """Sorted `state` after change sets in order, as a stream: the last word on a line decides.

    Raises LogError when a change set is damaged.
    """
    streams = [_marked(state, 0, keep=1)]
    for place, change_set in enumerate(change_sets, start=1):
        change_set.verify()
        streams += [_marked(change_set.removes(), place, keep=0), _marked(change_set.adds(), place, keep=1)]
    for line, words in groupby(heapq.merge(*streams), key=itemgetter(0)):
        *_, (_, _, keep) = words
        if keep:
            yield line


def _marked(content: Iterable[str], place: int, keep: int) -> Iterator[tuple[str, int, int]]:
    return ((line, place, keep) for line in content)
