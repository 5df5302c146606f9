"""What a published version holds, dataset by dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import NamedNode

from kamara.sparql.document import Document, read_document
from kamara.sparql.select import Select, document_query


@dataclass(frozen=True)
class ClassCount:
    """A class, how many things of it a graph describes, and one of them."""

    iri: str
    things: int
    example: str


@dataclass(frozen=True)
class GraphSummary:
    """One named graph and what describes its dataset."""

    graph: str
    triples: int
    classes: tuple[ClassCount, ...]
    dataset: Document


@dataclass(frozen=True)
class Summary:
    """All graphs, by name."""

    graphs: tuple[GraphSummary, ...]

    @property
    def triples(self) -> int:
        """Triples in all graphs together."""
        return sum(one.triples for one in self.graphs)

    def of(self, iri: str) -> GraphSummary | None:
        """The graph that has this IRI, or whose dataset has it."""
        return next((one for one in self.graphs if iri in {one.graph, one.dataset.thing}), None)


def read_summary(select: Select, base_iri: str) -> Summary:
    """Count the graphs. Reads the whole store: keep the answer as long as the version is in force."""
    found = select(document_query("graphs"), {})
    sizes = {row["graph"].value: int(row["triples"].value) for row in found}
    return Summary(tuple(_graphs(select, base_iri, sizes.items())))


def read_classes(select: Select, graph: str) -> tuple[ClassCount, ...]:
    """The classes in one graph, the largest first."""
    counts = (
        ClassCount(row["class"].value, int(row["things"].value), row["example"].value)
        for row in select(document_query("graph"), {"graph": [graph]})
        if isinstance(row.get("class"), NamedNode)
    )
    return tuple(sorted(counts, key=lambda one: (-one.things, one.iri)))


def _graphs(select: Select, base_iri: str, sizes: Iterable[tuple[str, int]]) -> Iterator[GraphSummary]:
    for graph, triples in sorted(sizes):
        dataset = base_iri + "dataset/" + graph.removeprefix(base_iri + "graph/")
        yield GraphSummary(graph, triples, read_classes(select, graph), read_document(select, dataset))
