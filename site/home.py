"""What the home page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal

from kamara.site.values import Text
from kamara.site.views import Link, Viewer
from kamara.sparql.document import Object
from kamara.sparql.labels import Labels
from kamara.sparql.summary import ClassCount, GraphSummary, Summary

_DCAT = "http://www.w3.org/ns/dcat#"
_DCTERMS = "http://purl.org/dc/terms/"
# Every dataset says that it is one.
_OF_DATASETS = frozenset({_DCAT + "Dataset", "http://rdfs.org/ns/void#Dataset"})
_NO_LABELS = Labels()


@dataclass(frozen=True)
class Edition:
    """Which published version the pages show; `created` is ISO 8601."""

    number: int
    created: str


@dataclass(frozen=True)
class Question:
    """A saved query: its name, the question in each language, and where it is asked from the root."""

    name: str
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
class Theme:
    """The datasets of a domain and the questions on it; what is of no single one comes last, without link."""

    link: Link | None
    datasets: tuple[DatasetRow, ...]
    questions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class HomeView:
    """The home page in one language."""

    themes: tuple[Theme, ...]
    total: str
    edition: str


def home_view(
    viewer: Viewer, summary: Summary, edition: Edition | None, questions: Iterable[Question]
) -> HomeView:
    """What the home page shows of a published version."""
    number = viewer.formatter.decimal
    return HomeView(
        themes=tuple(_themes(viewer, summary.graphs, list(questions))),
        total=number(str(summary.triples)),
        edition=_edition(viewer, edition) if edition else "",
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


def _themes(viewer: Viewer, graphs: Iterable[GraphSummary], questions: list[Question]) -> Iterator[Theme]:
    """Datasets and questions by domain, in the order of the domains' names."""
    rows: dict[str, list[DatasetRow]] = {}
    links: dict[str, Link] = {}
    for graph in graphs:
        theme = _said(graph).get(_DCAT + "theme")
        rows.setdefault(theme.value if theme else "", []).append(_row(viewer, graph))
        if theme:
            links[theme.value] = viewer.link(theme.value, graph.dataset.labels, "")
    asked: dict[str, list[tuple[str, str]]] = {}
    for one in questions:
        of = next((iri for iri in links if iri.endswith(f"/{one.name.partition('-')[0]}")), "")
        asked.setdefault(of, []).append((one.texts[viewer.language], one.href))
    for iri in [*sorted(links, key=lambda one: links[one].name), ""]:
        if iri in rows or iri in asked:
            yield Theme(links.get(iri), tuple(rows.get(iri, ())), tuple(asked.get(iri, ())))


def _said(graph: GraphSummary) -> dict[str, Object]:
    """What is said of the dataset of a graph, by property."""
    return {one.predicate: one.object for one in graph.dataset.outgoing}


def _row(viewer: Viewer, graph: GraphSummary) -> DatasetRow:
    labels = graph.dataset.labels
    said = _said(graph)
    updated, licence = said.get(_DCTERMS + "modified"), said.get(_DCTERMS + "license")
    return DatasetRow(
        dataset=viewer.link(graph.dataset.thing, labels, ""),
        graph=viewer.link(graph.graph, _NO_LABELS, ""),
        triples=viewer.formatter.decimal(str(graph.triples)),
        classes=class_rows(viewer, (one for one in graph.classes if one.iri not in _OF_DATASETS), ""),
        simulated=str(said.get(viewer.simulated, "")).startswith('"true"'),
        updated=viewer.formatter.literal(updated) if isinstance(updated, Literal) else None,
        licence=viewer.link(licence.value, labels, "") if licence else None,
    )
