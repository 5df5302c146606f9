"""The vocabularies of the service description, and triples as they are written there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from kamara.sparql.terms import RDF_TYPE

PREFIXES: Mapping[str, str] = {
    "dcterms": "http://purl.org/dc/terms/",
    "formats": "http://www.w3.org/ns/formats/",
    "geof": "http://www.opengis.net/def/function/geosparql/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "sh": "http://www.w3.org/ns/shacl#",
    "spex": "https://purl.expasy.org/sparql-examples/ontology#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def term(short: str) -> NamedNode:
    """The IRI of a short name such as `sd:Service`."""
    prefix, _, name = short.partition(":")
    return NamedNode(PREFIXES[prefix] + name)


def a(thing: NamedNode, *classes: str) -> Iterator[Triple]:
    """The thing is of these classes (short names)."""
    for one in classes:
        yield Triple(thing, NamedNode(RDF_TYPE), term(one))


def named(thing: NamedNode, by: str, texts: Mapping[str, str]) -> Iterator[Triple]:
    """The thing is named by a property (short name) in each language."""
    for language, text in sorted(texts.items()):
        yield Triple(thing, term(by), Literal(text, language=language))
