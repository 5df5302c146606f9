"""What the document of a thing holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from pyoxigraph import Literal, NamedNode

from kamara.sparql.labels import RANKS, Labels, Naming
from kamara.sparql.select import Row, Select, document_query
from kamara.sparql.terms import RDF_TYPE

Object: TypeAlias = NamedNode | Literal


@dataclass(frozen=True)
class Statement:
    """A triple that has the thing as its subject, and the graph that it stands in."""

    predicate: str
    object: Object
    graph: str


@dataclass(frozen=True)
class Reference:
    """A thing that refers to the thing, and the graph that says so."""

    subject: str
    graph: str


@dataclass(frozen=True)
class Referrers:
    """The things that refer to the thing by one predicate: how many there are, and at most 100 of them."""

    predicate: str
    total: int
    some: tuple[Reference, ...]


@dataclass(frozen=True)
class Document:
    """All that is known of one thing, in a fixed order."""

    thing: str
    outgoing: tuple[Statement, ...]
    incoming: tuple[Referrers, ...]
    namings: tuple[Naming, ...]
    in_use: bool = False

    @property
    def exists(self) -> bool:
        """Whether the graph speaks of the thing at all."""
        return bool(self.outgoing or self.incoming or self.in_use)

    @property
    def types(self) -> tuple[str, ...]:
        """The classes of the thing."""
        return tuple(said.object.value for said in self.outgoing if said.predicate == RDF_TYPE)

    @property
    def graphs(self) -> tuple[str, ...]:
        """The graphs that describe the thing or, when none does, those that refer to it."""
        own = {said.graph for said in self.outgoing}
        return tuple(sorted(own or {one.graph for group in self.incoming for one in group.some}))

    @property
    def labels(self) -> Labels:
        """The names of the thing and of every term that the document shows."""
        return Labels(self.namings)


def read_document(select: Select, thing: str) -> Document:
    """The document of the thing with this IRI; `exists` is false when the graph does not know it."""
    bound = {"thing": [thing]}
    outgoing = tuple(sorted(_statements(select(document_query("outgoing"), bound)), key=_order))
    incoming = tuple(_referrers(select, thing))
    in_use = not outgoing and not incoming and any(True for _ in select(document_query("used"), bound))
    terms = _shown(thing, outgoing, incoming)
    namings = _namings(select(document_query("labels"), {"term": terms})) if outgoing or incoming else ()
    return Document(thing, outgoing, incoming, tuple(sorted(set(namings))), in_use)


def name_terms(select: Select, terms: Iterable[str]) -> Labels:
    """What the graph calls these IRIs."""
    return Labels(_namings(select(document_query("labels"), {"term": sorted(set(terms))})))


def _shown(thing: str, outgoing: tuple[Statement, ...], incoming: tuple[Referrers, ...]) -> list[str]:
    terms = {thing}
    for said in outgoing:
        terms |= {said.predicate, said.graph.replace("/graph/", "/dataset/", 1)}
        if isinstance(said.object, NamedNode):
            terms.add(said.object.value)
    for group in incoming:
        terms |= {group.predicate, *(one.subject for one in group.some)}
    return sorted(terms)


def _statements(found: Iterable[Row]) -> Iterator[Statement]:
    for row in found:
        value = row["object"]
        if isinstance(value, NamedNode | Literal):
            yield Statement(row["predicate"].value, value, row["graph"].value)


def _order(said: Statement) -> tuple[str, str, str]:
    return said.predicate, str(said.object), said.graph


def _referrers(select: Select, thing: str) -> Iterator[Referrers]:
    totals = select(document_query("incoming-totals"), {"thing": [thing]})
    counts = {row["predicate"].value: int(row["total"].value) for row in totals}
    for predicate, total in sorted(counts.items()):
        found = select(document_query("incoming"), {"thing": [thing], "by": [predicate]})
        some = {Reference(row["subject"].value, row["graph"].value) for row in found}
        yield Referrers(predicate, total, tuple(sorted(some, key=lambda one: (one.subject, one.graph))))


def _namings(found: Iterable[Row]) -> Iterator[Naming]:
    for row in found:
        label, name = row["label"], row["property"].value
        if isinstance(label, Literal):
            yield Naming(row["term"].value, RANKS[name], name, label.value, label.language or "")
