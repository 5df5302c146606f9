"""The second engine: pySHACL, slow and independent of the first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pyoxigraph as ox
import pyshacl
from pyshacl.errors import ReportableRuntimeError
from rdflib import SH, Graph, URIRef
from rdflib.term import Node

from kamara.loaders.errors import LoadError
from kamara.loaders.validation.engines import bad_line, bad_shapes, narrate
from kamara.loaders.validation.graphs import from_rdflib, quiet, to_graph
from kamara.loaders.validation.results import Batch, Narrator, Result
from kamara.loaders.validation.shapesgraph import ShapesGraph
from kamara.loaders.validation.violations import Severity, Violation
from kamara.loaders.validation.wording import local_name


class PyshaclEngine:
    """Implements `Engine` on pySHACL; `where` names the shapes files for errors."""

    def __init__(self, shapes: ShapesGraph, where: str, max_violations: int) -> None:
        self._narrator = Narrator(shapes)
        self.withholds = bool(shapes.withholding)
        self._shapes = shapes.graph
        self._where = where
        self._most = max_violations
        # pySHACL reads a shape only when it meets data: its check of the shapes shows now whether it can.
        self._run(Graph(), meta_shacl=True)

    def validate(self, lines: Sequence[str], context: Sequence[str] = ()) -> list[Violation]:
        """See `Engine.validate`."""
        try:
            data = to_graph(ox.parse("\n".join([*lines, *context]), format=ox.RdfFormat.N_TRIPLES))
        except SyntaxError as error:
            raise bad_line([*lines, *context], error) from error
        report = self._run(data)
        results = [_result(report, node) for node in report.objects(None, SH.result)]
        return narrate(self._narrator, results, Batch(lines, context), self._most)

    def _run(self, data: Graph, *, meta_shacl: bool = False) -> Graph:
        try:
            with quiet():
                _, report, _ = pyshacl.validate(
                    data, shacl_graph=self._shapes, inplace=True, meta_shacl=meta_shacl
                )
        except ReportableRuntimeError as error:
            first = ValueError(str(error).partition("\n")[0])
            raise bad_shapes(self._where, first) from error
        except (TypeError, ValueError, ArithmeticError) as error:
            # Such as two values that sh:lessThan cannot compare: where the other engine sees a violation.
            raise LoadError(f"pySHACL fails on this batch: {error}", remedy="use the engine shacl") from error
        if not isinstance(report, Graph):
            raise bad_shapes(self._where, ValueError(str(report)))
        return report


def _result(report: Graph, node: Node) -> Result:
    focus, value = report.value(node, SH.focusNode), report.value(node, SH.value)
    path = report.value(node, SH.resultPath)
    assert focus is not None
    return Result(
        focus=from_rdflib(focus),
        path=str(path) if isinstance(path, URIRef) else "",
        component=local_name(str(report.value(node, SH.sourceConstraintComponent))),
        value=None if value is None else from_rdflib(value),
        shape=str(report.value(node, SH.sourceShape)),
        severity=cast(Severity, local_name(str(report.value(node, SH.resultSeverity)))),
        texts=tuple(str(text) for text in report.objects(node, SH.resultMessage)),
    )
