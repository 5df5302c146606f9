"""The service description (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple, serialize

from kamara.sparql.formats import FORMATS, Format, engine_format
from kamara.sparql.terms import RDF_TYPE

_SD = "http://www.w3.org/ns/sparql-service-description#"


def describe(endpoint: str, default_graph: str, chosen: Format) -> bytes:
    """What the service at `endpoint` can do, as RDF in the chosen format."""
    target = engine_format(chosen.media_type)
    assert isinstance(target, RdfFormat)
    prefixes = {"sd": _SD, "formats": "http://www.w3.org/ns/formats/"}
    written = serialize(_triples(endpoint, default_graph), format=target, prefixes=prefixes)
    assert written is not None
    return written


def _triples(endpoint: str, default_graph: str) -> Iterator[Triple]:
    service, dataset, graph = NamedNode(endpoint), BlankNode("dataset"), BlankNode("graph")
    yield Triple(service, _sd("endpoint"), service)
    yield Triple(service, NamedNode(RDF_TYPE), _sd("Service"))
    yield Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    for item in FORMATS:
        yield Triple(service, _sd("resultFormat"), NamedNode(item.iri))
    if default_graph == "union":
        yield Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    yield Triple(service, _sd("feature"), _sd("EmptyGraphs"))
    yield Triple(service, _sd("defaultDataset"), dataset)
    yield Triple(dataset, NamedNode(RDF_TYPE), _sd("Dataset"))
    yield Triple(dataset, _sd("defaultGraph"), graph)
    yield Triple(graph, NamedNode(RDF_TYPE), _sd("Graph"))


def _sd(name: str) -> NamedNode:
    return NamedNode(_SD + name)
