"""A person's own RDF file, validated before anything is loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from kamara.errors import UsageError
from kamara.loaders.errors import LoadError
from kamara.loaders.validation.engines import open_engine
from kamara.loaders.validation.graphs import to_graph
from kamara.loaders.validation.report import Report
from kamara.loaders.validation.shapesgraph import ShapesGraph
from kamara.loaders.validation.targets import focus_nodes

_SUFFIXES = ("ttl", "nt", "nq", "trig", "rdf", "jsonld")


def find_shapes(name: str, folder: Path) -> Path:
    """The shapes file that `name` means, in `folder` or by path. Raises UsageError when there is none."""
    for candidate in (folder / f"{name}.ttl", Path(name)):
        if candidate.is_file():
            return candidate
    known = ", ".join(sorted(file.stem for file in folder.glob("*.ttl"))) or "none"
    raise UsageError(f"no shapes called {name!r}", remedy=f"choose one of: {known}; or name a Turtle file")


def validate_file(
    file: Path, shapes: Path, *, engine: Literal["shacl", "pyshacl"], base_iri: str, max_violations: int
) -> Report:
    """Validate `file` against `shapes`.

    Raises UsageError for a file that is absent or of no known kind, LoadError for one that is not RDF or in
    which no shape finds anything to check, ShapeError for unusable shapes, SystematicError for too many
    violations.
    """
    triples = list(dict.fromkeys(ox.Triple(q.subject, q.predicate, q.object) for q in _quads(file)))
    checked = focus_nodes(ShapesGraph.read([shapes], base_iri).graph, to_graph(iter(triples)))
    if not checked:
        raise LoadError(
            f"nothing in it was checked: no shape in {shapes} targets any of its nodes",
            where=str(file),
            remedy="choose other --shapes, or give the nodes the rdf:type that the shapes target",
        )
    lines = [f"{triple} ." for triple in triples]
    judge = open_engine(engine, [shapes], base_iri, max_violations)
    return Report(str(file), shapes.stem, len(checked), tuple(judge.validate(lines)))


def _quads(file: Path) -> list[ox.Quad]:
    if not file.is_file():
        raise UsageError("no such file", where=str(file), remedy="name one that exists")
    kind = ox.RdfFormat.from_extension(file.suffix.removeprefix(".").lower())
    if kind is None:
        known = ", ".join(f".{suffix}" for suffix in _SUFFIXES)
        raise UsageError(
            f"its name does not say what it is ({file.suffix or 'no suffix'})",
            where=str(file),
            remedy=f"rename it to one of: {known}",
        )
    try:
        return list(ox.parse(file.read_bytes(), format=kind, base_iri=file.resolve().as_uri()))
    except SyntaxError as error:
        place = f", line {error.lineno}" if error.lineno else ""
        raise LoadError(
            f"not {kind.name}: {error.msg}", where=f"{file}{place}", remedy="correct the file"
        ) from error
