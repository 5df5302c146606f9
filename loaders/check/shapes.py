"""The shapes: SHACL that is well-formed, with terms that exist and messages in Greek and English."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import pyoxigraph as ox

from kamara.errors import KamaraError
from kamara.loaders.check.findings import Finding, from_error
from kamara.loaders.check.material import Material
from kamara.loaders.check.ontology import missing_languages
from kamara.loaders.check.turtle import TurtleFile
from kamara.loaders.check.usage import unknown_terms
from kamara.loaders.validation.engines import Engine, open_engine
from kamara.loaders.validation.wording import phrases

_SHACL = "http://www.w3.org/ns/shacl#"
_TARGETS = frozenset(f"{_SHACL}target{kind}" for kind in ("Class", "Node", "SubjectsOf", "ObjectsOf"))
_MANY = 1000


def check_shapes(material: Material) -> Iterator[Finding]:
    """All findings about shapes/."""
    yield from material.broken(material.shape_paths)
    for file in material.turtle(material.shape_paths):
        yield from unknown_terms(file, material.terms)
        yield from missing_languages(file)
        yield from _messages(file)
        # What is not well-formed cannot be used either: say it once, with its place.
        yield from [*_malformed(file)] or _unusable(file.path, material.base_iri)


@cache
def _shacl_shacl() -> Engine:
    """The W3C's shapes for shapes graphs (SHACL appendix C), as pySHACL brings them along."""
    with as_file(files("pyshacl") / "assets" / "shacl-shacl.ttl") as path:
        return open_engine("shacl", [path], "https://data.thessaloniki.gr/", _MANY)


def _malformed(file: TurtleFile) -> Iterator[Finding]:
    for violation in _shacl_shacl().validate([f"{triple} ." for triple in file.triples]):
        iri = violation.focus if violation.focus != "_:" else violation.path
        about = f"{violation.focus} " if violation.focus != "_:" else ""
        name = (
            f"sh:{violation.path.removeprefix(_SHACL)}"
            if violation.path.startswith(_SHACL)
            else violation.path
        )
        found = f", found {violation.found}" if violation.found else ""
        yield file.finding(
            iri,
            f"not well-formed SHACL: {about}{name}{found}",
            f"{violation.messages['en']} (SHACL appendix C)",
        )


def _messages(file: TurtleFile) -> Iterator[Finding]:
    """Shapes that judge and yet do not say why, in both languages."""
    constraints = {f"{_SHACL}{name}" for name in phrases()} - {f"{_SHACL}message"}
    for shape in sorted(_reporting(file), key=str):
        said = {t.predicate.value for t in file.triples if t.subject == shape}
        languages = {
            value.language
            for value in file.values(shape, f"{_SHACL}message")
            if isinstance(value, ox.Literal)
        }
        missing = sorted({"el", "en"} - languages)
        if said & constraints and missing:
            path = next((str(value) for value in file.values(shape, f"{_SHACL}path")), "")
            iri = str(shape if isinstance(shape, ox.NamedNode) else path).strip("<>")
            yield file.finding(
                iri,
                f"the shape of {iri or 'a nested node'} has no sh:message in {' and '.join(missing)}",
                "add it",
            )


def _reporting(file: TurtleFile) -> set[ox.NamedNode | ox.BlankNode]:
    """The shapes whose results reach a report: those with a target, and all under sh:property."""
    reached = {t.subject for t in file.triples if t.predicate.value in _TARGETS}
    nested = {t.object for t in file.triples if t.predicate.value == f"{_SHACL}property"}
    return {node for node in reached | nested if isinstance(node, ox.NamedNode | ox.BlankNode)}


def _unusable(path: Path, base_iri: str) -> Iterator[Finding]:
    try:
        open_engine("shacl", [path], base_iri, _MANY)
    except KamaraError as error:
        yield from_error(error, path)
