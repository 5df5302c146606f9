"""The engine in use: PyPI `shacl`, a Rust implementation of SHACL Core and SHACL-SPARQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import shacl

from kamara.loaders.validation.engines import bad_line, bad_shapes, narrate
from kamara.loaders.validation.graphs import parse_term
from kamara.loaders.validation.results import Batch, Narrator, Result
from kamara.loaders.validation.shapesgraph import ShapesGraph
from kamara.loaders.validation.violations import Severity, Violation


class RustEngine:
    """Implements `Engine` on `shacl`; `where` names the shapes files for errors."""

    def __init__(self, shapes: ShapesGraph, where: str, max_violations: int) -> None:
        self._narrator = Narrator(shapes)
        self.withholds = bool(shapes.withholding)
        self._most = max_violations
        try:
            self._shapes = shacl.Shapes.from_text(shapes.ntriples(), format="ntriples")
        except ValueError as error:
            raise bad_shapes(where, error) from error

    def validate(self, lines: Sequence[str], context: Sequence[str] = ()) -> list[Violation]:
        """See `Engine.validate`."""
        batch = Batch(lines, context)
        text = "\n".join([*lines, *context])
        # Results about the context use up the limit too: when the limit is reached without enough results
        # of our own, look again with a higher one.
        limit = self._most + 1
        while True:
            results = self._results(text, limit, lines, context)
            violations = narrate(self._narrator, results, batch, self._most)
            if sum(result.severity == "Violation" for result in results) < limit:
                return violations
            limit *= 4

    def _results(self, text: str, limit: int, lines: Sequence[str], context: Sequence[str]) -> list[Result]:
        try:
            report = self._shapes.validate_text(
                text, format="ntriples", max_results=limit, allow_warnings=True
            )
        except ValueError as error:
            raise bad_line([*lines, *context], error) from error
        return [_result(each) for each in report.results]


def _result(result: shacl.Result) -> Result:
    path = result.path or ""
    return Result(
        focus=parse_term(result.focus_node),
        path=path[1:-1] if path.startswith("<") and path.count("<") == 1 and path.endswith(">") else path,
        component=result.component,
        value=None if result.value is None else parse_term(result.value),
        shape=(result.source_shape or "").strip("<>"),
        severity=cast(Severity, result.severity),
        texts=tuple(result.messages),
    )
