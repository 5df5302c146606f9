"""Single terms as functions, for records in which a reference has several values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from kamara.loaders.errors import RecordError
from kamara.loaders.rawrecord import Value
from kamara.loaders.rml.functions import FunctionRegistry
from kamara.loaders.rml.generator import Generator
from kamara.loaders.rml.model import TermMap
from kamara.loaders.rml.program import run, term_source
from kamara.loaders.rml.runtime import Labels


@dataclass(frozen=True)
class TermFunction:
    """One term map as a function of the values at `places` of a record, which are those of `columns`."""

    places: tuple[int, ...]
    columns: tuple[str, ...]
    function: Callable[[Sequence[str]], str | None]

    def of(self, row: Sequence[Value]) -> tuple[str, ...]:
        """The distinct terms of a record: one a combination of its values (RML-Core, n-ary products).

        Raises RecordError, with the columns, when a function or an IRI is impossible.
        """
        choices = (row[place] for place in self.places)
        try:
            made = [
                self.function(values)
                for values in product(*((one,) if isinstance(one, str) else one for one in choices))
            ]
        except RecordError as error:
            error.column = error.column or ", ".join(self.columns)
            raise
        return tuple(dict.fromkeys(term for term in made if term is not None))


class Terms:
    """The term functions over one source, each term map compiled once.

    `columns` are the columns of its records so far, and grow: their order is that of a record's values.
    """

    def __init__(
        self, functions: FunctionRegistry, labels: Labels, columns: dict[str, str], *, typed: bool
    ) -> None:
        self.columns = columns
        self._functions = functions
        self._labels = labels
        self._typed = typed
        self._made: dict[TermMap, TermFunction] = {}

    def function(self, term_map: TermMap) -> TermFunction:
        """The function of a term map. Raises MappingError when a function or constant does not fit."""
        if term_map not in self._made:
            self._made[term_map] = self._compile(term_map)
        return self._made[term_map]

    def untyped(self) -> Terms:
        """The same over the same columns, where values make plain literals: `5` and `"5"` are equal."""
        return Terms(self._functions, self._labels, self.columns, typed=False)

    def _compile(self, term_map: TermMap) -> TermFunction:
        generator = Generator(self._functions, self._labels, typed=self._typed)
        term = generator.term(term_map)
        function: Callable[[Sequence[Any]], str | None] = run(term_source(generator, term), generator)
        names = list(generator.columns)
        for name in names:
            self.columns.setdefault(name, f"c{len(self.columns)}")
        order = list(self.columns)
        return TermFunction(tuple(order.index(name) for name in names), tuple(names), function)
