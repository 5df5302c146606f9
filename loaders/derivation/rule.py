"""The queries of a derived dataset, compiled once: which results are touched, and how they are made.

`affected.rq` is a SELECT of `?focus`, a result, and of one more variable, its slice: results are made slice
by slice. With `?changed` bound to things that changed it names the results that they touch; with nothing
bound, every result. `affected-*.rq` are further ones, which are asked about changes only. `result.rq` is a
CONSTRUCT in which the variable of the slice is bound.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kamara.config import QuerySettings, Settings
from kamara.loaders.derivation.description import Derivation
from kamara.loaders.derivation.recipe import parameter_terms
from kamara.loaders.errors import DerivationError
from kamara.resources import read_text
from kamara.sparql.bindings import bind
from kamara.sparql.errors import QueryError
from kamara.sparql.formats import Form
from kamara.sparql.guard import Inspected, inspect
from kamara.sparql.store import GraphStore

FOCUS = "focus"
CHANGED = "changed"

# Things that one query is asked about.
_CHANGED_AT_A_TIME = 1000


@dataclass(frozen=True)
class Touched:
    """A result, as `<IRI>`, and its slice, a term in N-Triples."""

    focus: str
    slice: str

    def to_json(self) -> str:
        """One JSON line; such lines in order are in the order of slices."""
        return json.dumps([self.slice, self.focus], ensure_ascii=False) + "\n"


def read_touched(line: str) -> Touched:
    """The result that `Touched.to_json` wrote."""
    slice_, focus = json.loads(line)
    return Touched(focus, slice_)


class Rule:
    """The queries of a derived dataset over the graphs of the datasets that it is made from.

    Raises DerivationError, here and in its methods, for a query that is not what it should be.
    """

    def __init__(self, derivation: Derivation, settings: Settings, store: GraphStore) -> None:
        self._sources = derivation.about.sources
        self._store = store
        self._base_iri = settings.base_iri
        self._parameters = parameter_terms(derivation, settings)
        self._affected = self._inspected(derivation.affected, "SELECT")
        self._also = [self._inspected(path, "SELECT") for path in derivation.also_affected]
        self._result = self._inspected(derivation.mapping, "CONSTRUCT")
        self._slice = self._slice_variable(self._affected)

    def every_result(self) -> Iterator[Touched]:
        """All results that the datasets as they stand give, and perhaps some that they do not."""
        return self._touched(self._affected, {})

    def touched_by(self, changed: Iterable[str]) -> Iterator[Touched]:
        """The results that some things, each as `<IRI>`, lead to. A result may come more than once."""
        names = iter(changed)
        while some := list(islice(names, _CHANGED_AT_A_TIME)):
            for query in (self._affected, *self._also):
                yield from self._touched(query, {CHANGED: " ".join(some)})

    def results(self, slices: Sequence[str]) -> Iterator[str]:
        """The lines of the results of some slices, unsorted, some perhaps more than once."""
        path, query = self._result
        with _errors(path):
            text = bind(query, {self._slice: " ".join(slices), **self._parameters})
            for triple in self._store.construct(text, self._sources):
                yield f"{triple.subject} {triple.predicate} {triple.object} .\n"

    def _touched(self, compiled: tuple[Path, Inspected], bound: Mapping[str, str]) -> Iterator[Touched]:
        path, query = compiled
        with _errors(path):
            for row in self._store.select(bind(query, {**bound, **self._parameters}), self._sources):
                focus, slice_ = row[FOCUS], row[self._slice]
                # What is not bound belongs to a thing that is not complete, and so to no result.
                if focus is not None and slice_ is not None:
                    yield Touched(str(focus), str(slice_))

    def _slice_variable(self, compiled: tuple[Path, Inspected]) -> str:
        path, query = compiled
        with _errors(path):
            names = {one.value for one in self._store.select(query.text, ()).variables}
        if len(names) != 2 or FOCUS not in names:
            raise DerivationError(
                f"selects {', '.join(sorted(names)) or 'nothing'}, not ?focus and one more variable",
                where=str(path),
                remedy="select the result and its slice",
            )
        return (names - {FOCUS}).pop()

    def _inspected(self, path: Path, form: Form) -> tuple[Path, Inspected]:
        with _errors(path):
            query = inspect(read_text(path, self._base_iri), QuerySettings())
        if query.form != form:
            raise DerivationError(
                f"is a {query.form}, not a {form}", where=str(path), remedy="correct the query"
            )
        return path, query


@contextmanager
def _errors(path: Path) -> Iterator[None]:
    """What the guard or the engine refuses, as an error that names the file."""
    try:
        yield
    except SyntaxError as error:
        raise DerivationError(
            f"is not SPARQL: {error.msg}", where=str(path), remedy="correct the query"
        ) from error
    except QueryError as error:
        raise DerivationError(error.what, where=str(path), remedy=error.remedy) from error
