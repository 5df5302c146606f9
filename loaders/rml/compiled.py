"""A compiled source: the function from a record's values to lines, and what explains its refusals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kamara.loaders.errors import RecordError
from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.rawrecord import Value
from kamara.loaders.rml.combination import Combination
from kamara.loaders.rml.explain import Explanation, explain
from kamara.loaders.rml.fragments import Step

_LINES_A_WRITE = 8192


@dataclass(frozen=True)
class CompiledSource:
    """The triples maps over one logical source.

    `columns` are the references that they use; a row has their values in this order, empty for null, a tuple
    for several. `code` is the Python that was generated, for whoever looks into it.
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

    def map(self, row: Sequence[Value]) -> list[str]:
        """The lines of a record, each ending in ` .` and a line feed.

        Raises RecordError, with the column, when a function or an IRI is impossible; `explain` has the rest.
        """
        try:
            return self._function(row)
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
