"""The dataset in the service description: its graphs, how large each is, which dataset it holds."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from kamara.api.description.terms import PREFIXES, a, term
from kamara.sparql.summary import GraphSummary, Summary


def told(service: NamedNode, base_iri: str, summary: Summary | None) -> Iterator[Triple]:
    """What can be queried at the service; `summary`: None before anything is published."""
    dataset, default = NamedNode(f"{service.value}#dataset"), NamedNode(f"{service.value}#default-graph")
    yield Triple(service, term("sd:defaultDataset"), dataset)
    yield from a(dataset, "sd:Dataset")
    yield Triple(dataset, term("sd:defaultGraph"), default)
    yield from a(default, "sd:Graph")
    for graph in summary.graphs if summary else ():
        name = graph.graph.removeprefix(base_iri).removeprefix("graph/")
        # An IRI of the service's own: what it says of the graph is no statement of the graph's dataset.
        node = NamedNode(f"{service.value}#graph-{quote(name, safe='')}")
        yield Triple(dataset, term("sd:namedGraph"), node)
        yield from _graph(graph, node)


def _graph(graph: GraphSummary, node: NamedNode) -> Iterator[Triple]:
    content = NamedNode(graph.dataset.thing)
    yield from a(node, "sd:NamedGraph")
    yield Triple(node, term("sd:name"), NamedNode(graph.graph))
    yield Triple(node, term("sd:graph"), content)
    yield from a(content, "sd:Graph", "void:Dataset")
    yield Triple(content, term("void:triples"), Literal(graph.triples))
    for said in graph.dataset.outgoing:
        if said.predicate == PREFIXES["dcterms"] + "title":
            yield Triple(content, term("dcterms:title"), said.object)
