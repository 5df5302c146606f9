"""What the home page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal

from kamara.site.values import Text
from kamara.site.views import Link, Viewer
from kamara.sparql.labels import Labels
from kamara.sparql.summary import ClassCount, GraphSummary, Summary

_DCTERMS = "http://purl.org/dc/terms/"
_NO_LABELS = Labels()


@dataclass(frozen=True)
class Edition:
    """Which published version the pages show; `created` is ISO 8601."""

    number: int
    created: str


@dataclass(frozen=True)
class Question:
    """A saved query: the question that it answers in each language, and where it is asked from the root."""

    texts: Mapping[str, str]
    href: str


@dataclass(frozen=True)
class ClassRow:
    """A class, how many things there are of it, and one of them."""

    kind: Link
    things: str
    example: Link


@dataclass(frozen=True)
class DatasetRow:
    """One dataset in the table of datasets."""

    dataset: Link
    graph: Link
    triples: str
    classes: tuple[ClassRow, ...]
    simulated: bool
    updated: Text | None
    licence: Link | None


@dataclass(frozen=True)
class HomeView:
    """The home page in one language."""

    datasets: tuple[DatasetRow, ...]
    total: str
    edition: str
    questions: tuple[tuple[str, str], ...]


def home_view(
    viewer: Viewer, summary: Summary, edition: Edition | None, questions: Iterable[Question]
) -> HomeView:
    """What the home page shows of a published version."""
    number = viewer.formatter.decimal
    return HomeView(
        datasets=tuple(_row(viewer, graph) for graph in summary.graphs),
        total=number(str(summary.triples)),
        edition=_edition(viewer, edition) if edition else "",
        questions=tuple((one.texts[viewer.language], one.href) for one in questions),
    )


def _edition(viewer: Viewer, edition: Edition) -> str:
    created = viewer.formatter.day(edition.created)
    return viewer.texts["home_version"].format(number=edition.number, created=created)


def class_rows(viewer: Viewer, classes: Iterable[ClassCount], root: str) -> tuple[ClassRow, ...]:
    """The classes of a graph, for a page that lies at `root`."""
    return tuple(
        ClassRow(
            viewer.link(one.iri, _NO_LABELS, root),
            viewer.formatter.decimal(str(one.things)),
            viewer.link(one.example, _NO_LABELS, root),
        )
        for one in classes
    )


def _row(viewer: Viewer, graph: GraphSummary) -> DatasetRow:
    labels = graph.dataset.labels
    said = {one.predicate: one.object for one in graph.dataset.outgoing}
    updated, licence = said.get(_DCTERMS + "modified"), said.get(_DCTERMS + "license")
    return DatasetRow(
        dataset=viewer.link(graph.dataset.thing, labels, ""),
        graph=viewer.link(graph.graph, _NO_LABELS, ""),
        triples=viewer.formatter.decimal(str(graph.triples)),
        classes=class_rows(viewer, graph.classes, ""),
        simulated=str(said.get(viewer.simulated, "")).startswith('"true"'),
        updated=viewer.formatter.literal(updated) if isinstance(updated, Literal) else None,
        licence=viewer.link(licence.value, labels, "") if licence else None,
    )
