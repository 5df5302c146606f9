"""A compiled source: the function from a record's values to lines, and what explains its refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from kamara.loaders.errors import RecordError
from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.rawrecord import Value
from kamara.loaders.rml.combination import Combination
from kamara.loaders.rml.explain import Explanation, explain, merged
from kamara.loaders.rml.fragments import Step

_LINES_A_WRITE = 8192


@dataclass(frozen=True)
class CompiledSource:
    """The triples maps over one logical source.

    `columns` are the references that they use; a row has their values in this order, empty for null, a tuple
    for several. The last columns have the rows of `views`, in the order of the source's. `code` is the Python
    that was generated, for whoever looks into it.
    """

    source: LogicalSource
    columns: tuple[str, ...]
    code: str = field(repr=False)
    _function: Callable[[Sequence[Any]], list[str]] = field(repr=False)
    _combination: Combination = field(repr=False)
    _steps: tuple[Step, ...] = field(repr=False)
    _subjects: tuple[str, ...] = field(repr=False)
    _variables: tuple[str, ...] = field(repr=False)
    _namespace: dict[str, Any] = field(repr=False)
    views: tuple[CompiledSource, ...] = field(default=(), repr=False)

    def with_views(self, views: tuple[CompiledSource, ...]) -> CompiledSource:
        """The same with the triples maps over the rows of its source's views."""
        columns = (*self.columns, *(view.column for view in self.source.views))
        return replace(self, columns=columns, views=views)

    def map(self, row: Sequence[Value]) -> list[str]:
        """The lines of a record, each ending in ` .` and a line feed.

        Raises RecordError, with the column, when a function or an IRI is impossible; `explain` has the rest.
        """
        try:
            if not self.views:
                return self._function(row)
            lines = self._function(row[: -len(self.views)])
            lines += [line for view, part in self._parts(row) for line in view.map(part)]
            return list(dict.fromkeys(lines))
        except RecordError as error:
            problem = self.explain(row).problems[0]
            raise RecordError(
                f"column {problem.column}: found {problem.found!r}, expected {problem.expected}",
                column=problem.column,
                found=problem.found,
                expected=problem.expected,
                expected_el=problem.expected_el,
            ) from error

    def explain(self, row: Sequence[Value]) -> Explanation:
        """Every problem of a record, and the subjects that it still gives.

        Slow: for records that `map` refuses, or that give it no line.
        """
        if self.views:
            own = self._explain(row[: -len(self.views)])
            return merged([own, *(view.explain(part) for view, part in self._parts(row))])
        return self._explain(row)

    def _parts(self, row: Sequence[Value]) -> Iterator[tuple[CompiledSource, Sequence[Value]]]:
        """Each row of each view, with what maps it."""
        for view, rows in zip(self.views, row[-len(self.views) :], strict=True):
            for part in rows:
                yield view, cast(Sequence[Value], part)

    def _explain(self, row: Sequence[Value]) -> Explanation:
        if self._combination.has_more or tuple in map(type, row):
            return self._combination.explain(row)
        return explain(
            self._steps, self._subjects, dict(zip(self._variables, row, strict=True)), self._namespace
        )

    def write(self, rows: Iterable[Sequence[Value]], write: Callable[[str], object]) -> int:
        """Map all `rows`, hand the text to `write` in large pieces, and return the number of lines.

        Raises RecordError as `map` does.
        """
        count = 0
        lines: list[str] = []
        for row in rows:
            lines += self.map(row)
            if len(lines) >= _LINES_A_WRITE:
                count += len(lines)
                write("".join(lines))
                lines.clear()
        write("".join(lines))
        return count + len(lines)
