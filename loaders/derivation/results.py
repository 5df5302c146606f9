"""Results made slice by slice, at flat memory, each named by the rules and valid by the shapes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from kamara.loaders.derivation.description import Derivation
from kamara.loaders.derivation.rule import Rule, Touched, read_touched
from kamara.loaders.errors import DerivationError
from kamara.loaders.validation.engines import Engine
from kamara.sparql import lines
from kamara.sparql.lines import subject
from kamara.sparql.watcher import Watcher

# Results made together; more, when slices are larger, for a slice is never divided.
_BATCH = 1000


@dataclass
class _Batch:
    slices: list[str] = field(default_factory=list)
    wanted: set[str] = field(default_factory=set)
    made: list[str] = field(default_factory=list)


class Results:
    """Makes results and sees to it that they are good.

    Its methods take a file of Touched lines in the order of slices, and give lines in no order. They raise
    DerivationError for a result that breaks a shape.
    """

    def __init__(self, derivation: Derivation, rule: Rule, engine: Engine, watcher: Watcher) -> None:
        self._derivation = derivation
        self._rule = rule
        self._engine = engine
        self._watcher = watcher

    def all_of(self, touched: Path) -> Iterator[str]:
        """The lines of all results; the file names each of them.

        Raises DerivationError for one that it does not name: no change would ever touch that one.
        """
        for batch in self._batches(touched):
            strangers = {subject(line) for line in batch.made} - batch.wanted
            if strangers:
                raise DerivationError(
                    f"makes {min(strangers)}, which affected.rq does not name in its slice",
                    where=str(self._derivation.mapping),
                    remedy="let both make the same address of the same values",
                )
            yield from self._valid(batch.made)

    def those_of(self, touched: Path) -> Iterator[str]:
        """The lines of the results that the file names, and not of others of the same slices."""
        for batch in self._batches(touched):
            yield from self._valid([line for line in batch.made if subject(line) in batch.wanted])

    def _batches(self, touched: Path) -> Iterator[_Batch]:
        done = 0
        for batch in _gathered(map(read_touched, lines.read(touched))):
            batch.made = sorted(set(self._rule.results(batch.slices)))
            yield batch
            done += len(batch.wanted)
            self._watcher.progress(self._derivation.name, done)

    def _valid(self, content: list[str]) -> list[str]:
        for violation in self._engine.validate(content) if content else ():
            if violation.blocks:
                found = f"found: {violation.found or 'nothing'}"
                raise DerivationError(
                    f"<{violation.focus}>: {violation.messages['en']} ({found})",
                    where=f"{self._derivation.name}, {violation.shape or violation.path}",
                    remedy="correct the rules, the shape or the sources; the dataset keeps what it had",
                )
        return content


def _gathered(touched: Iterable[Touched]) -> Iterator[_Batch]:
    """The results in batches of whole slices."""
    batch = _Batch()
    for slice_, some in groupby(touched, key=lambda one: one.slice):
        batch.slices.append(slice_)
        batch.wanted.update(one.focus for one in some)
        if len(batch.wanted) >= _BATCH:
            yield batch
            batch = _Batch()
    if batch.slices:
        yield batch
