"""SHACL engines: what is wrong with a batch of N-Triples lines.

Two engines give the same answers: `shacl` (Rust, the one in use) and `pyshacl` (slow, the oracle in tests
and a second opinion).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import pyoxigraph as ox

from kamara.loaders.errors import LoadError, ShapeError, SystematicError
from kamara.loaders.validation.results import Batch, Narrator, Result
from kamara.loaders.validation.shapesgraph import ShapesGraph
from kamara.loaders.validation.violations import Violation


class Engine(Protocol):
    """Validates one batch after another against the same shapes.

    `withholds`: some of these shapes say that what breaks them must not be public.
    """

    withholds: bool

    def validate(self, lines: Sequence[str], context: Sequence[str] = ()) -> list[Violation]:
        """What is wrong with the subjects of `lines` (N-Triples, one triple a line).

        `context` holds triples about other things, such as the types that sh:class needs; those things are
        not judged. A thing that is in neither and yet at fault is laid on the subjects that mention it.
        Raises LoadError for a line that is not N-Triples, SystematicError for too many violations.
        """
        ...


def open_engine(
    name: Literal["shacl", "pyshacl"], shapes: Sequence[Path], base_iri: str, max_violations: int
) -> Engine:
    """The engine called `name` for the shapes in these files. Raises ShapeError when they cannot be used."""
    graph = ShapesGraph.read(shapes, base_iri)
    where = ", ".join(str(file) for file in shapes)
    if name == "pyshacl":
        from kamara.loaders.validation.pyshacl_engine import PyshaclEngine

        return PyshaclEngine(graph, where, max_violations)
    from kamara.loaders.validation.rust_engine import RustEngine

    return RustEngine(graph, where, max_violations)


def narrate(narrator: Narrator, results: Sequence[Result], batch: Batch, most: int) -> list[Violation]:
    """The violations of `batch`. Raises SystematicError when more than `most` of them block."""
    violations = narrator.narrate(results, batch)
    if sum(violation.blocks for violation in violations) > most:
        raise too_many(violations[0], most)
    return violations


def too_many(first: Violation, most: int) -> SystematicError:
    """The error for a batch in which the fault is not in single records."""
    return SystematicError(
        f"more than {most} violations in one batch, the first: {first.messages['en']}",
        where=first.focus,
        remedy="the fault is systematic: correct the mapping, the shapes or the whole source",
    )


def bad_shapes(where: str, error: Exception) -> ShapeError:
    """The error for shapes that an engine refuses."""
    first = str(error).removeprefix("invalid shapes graph: ")
    return ShapeError(
        f"not valid SHACL: {first}", where=where, remedy="correct the shapes; `kamara check` says where"
    )


def bad_line(lines: Sequence[str], error: Exception) -> LoadError:
    """The error that names the first of `lines` that is not N-Triples; engines fail for the whole batch."""
    for number, line in enumerate(lines, 1):
        try:
            list(ox.parse(line, format=ox.RdfFormat.N_TRIPLES))
        except SyntaxError as reason:
            return LoadError(
                f"not N-Triples: {reason.msg}: {line.strip()[:200]}",
                where=f"line {number} of the batch",
                remedy="correct the mapping that wrote it",
            )
    return LoadError(f"the batch cannot be read: {error}", remedy="correct the mapping that wrote it")
