"""Terms in use that nobody has defined."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kamara.loaders.check.findings import Finding
from kamara.loaders.check.terms import DATATYPES, Terms
from kamara.loaders.check.turtle import TurtleFile
from kamara.loaders.description import Described

_RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_SHACL = "http://www.w3.org/ns/shacl#"
# What these point at is a term, in whatever namespace; other objects may be things.
_POINT_AT_TERMS = frozenset(
    {_RDF_TYPE}
    | {f"{_RDFS}{name}" for name in ("subClassOf", "subPropertyOf", "domain", "range")}
    | {
        f"{_SHACL}{name}"
        for name in (
            *("path", "targetClass", "targetSubjectsOf", "targetObjectsOf", "class", "datatype"),
            *("inversePath", "equals", "disjoint", "lessThan", "lessThanOrEquals"),
        )
    }
)
# What these point at are pages, files and other people's things.
_POINT_OUTSIDE = frozenset(
    {f"{_RDFS}seeAlso", "http://purl.org/dc/terms/source", "http://www.w3.org/2002/07/owl#sameAs"}
    | {f"http://www.w3.org/2004/02/skos/core#{kind}Match" for kind in ("exact", "close", "broad", "narrow")}
)


def unknown_theme(dataset: Described, terms: Terms, base_iri: str) -> Iterator[Finding]:
    """Whether the dataset's theme is in the code list."""
    theme = dataset.about.theme
    iri = f"{base_iri}code/dataset-theme/{theme}"
    if theme and not terms.knows(iri):
        what = f"{theme} is not in codes/dataset-theme.ttl"
        yield Finding(str(dataset.file), "theme", what, terms.remedy(iri))


def unknown_terms(file: TurtleFile, terms: Terms) -> Iterator[Finding]:
    """The terms and datatypes that `file` uses and nobody defines, each once."""
    for iri in sorted(_used(file, terms)):
        if not terms.knows(iri):
            yield file.finding(iri, f"unknown term {iri}", terms.remedy(iri))
    for iri in sorted(_datatypes(file) - DATATYPES):
        if terms.knows(iri) and iri.startswith(_XSD):
            yield file.finding(iri, f"{iri} is no datatype", "use a datatype of XML Schema or RDF")


def _used(file: TurtleFile, terms: Terms) -> set[str]:
    """Predicates, what must be a term, and whatever lies in a namespace whose terms we know."""
    used = {triple.predicate.value for triple in file.triples} | _datatypes(file)
    used.update(
        iri
        for predicate, iri in _named(file)
        if predicate in _POINT_AT_TERMS or (terms.closed(iri) and predicate not in _POINT_OUTSIDE)
    )
    return used - DATATYPES


def _datatypes(file: TurtleFile) -> set[str]:
    """The datatypes of literals, and those that shapes ask for."""
    written = {t.object.datatype.value for t in file.triples if isinstance(t.object, ox.Literal)}
    return written | {iri for predicate, iri in _named(file) if predicate == f"{_SHACL}datatype"}


def _named(file: TurtleFile) -> Iterator[tuple[str, str]]:
    """The triples whose object is an IRI, as predicate and object."""
    for triple in file.triples:
        if isinstance(triple.object, ox.NamedNode):
            yield triple.predicate.value, triple.object.value
