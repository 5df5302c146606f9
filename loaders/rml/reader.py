"""A mapping file as triples maps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from kamara.loaders.errors import MappingError
from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.rml.gathering import read_gather
from kamara.loaders.rml.graph import MappingGraph, Node, read_graph
from kamara.loaders.rml.model import (
    Join,
    ObjectMap,
    PredicateObjectMap,
    Reference,
    TermMap,
    TermType,
    TriplesMap,
)
from kamara.loaders.rml.sources import read_source
from kamara.loaders.rml.terms import read_constant, read_object_map, read_term_map
from kamara.loaders.rml.views import read_view
from kamara.loaders.rml.vocabulary import (
    EXPRESSION,
    JOIN_CONDITION,
    OBJECT_MAP,
    PREDICATE_OBJECT_MAP,
    SUBJECT_MAP,
    TERM_MAP,
    TRIPLES_MAP,
    name,
)

_ADDRESS = (TermType.IRI, TermType.URI, TermType.UNSAFE_IRI, TermType.UNSAFE_URI)
_RESOURCE = (*_ADDRESS, TermType.BLANK_NODE)


@dataclass(frozen=True)
class Mapping:
    """The triples maps of a file; `modern` ones are written in the vocabulary of RML-Core."""

    rules: tuple[TriplesMap, ...]
    modern: bool


def read_mapping(path: Path, base_iri: str) -> Mapping:
    """The triples maps of the RML file at `path`, in its order, with `base_iri` for relative IRIs.

    A mapping's own `@base` and a triples map's rml:baseIRI go before `base_iri`. Raises MappingError, which
    names the file and the triples map, when the mapping is invalid or says what Kamara cannot do.
    """
    graph = read_graph(path, base_iri)
    maps = tuple(_read_triples_map(node, graph) for node in graph.subjects("logicalSource"))
    if not maps:
        raise MappingError("no triples map", where=str(path), remedy="add one with an rml:logicalSource")
    return Mapping(maps, graph.modern)


def _read_triples_map(node: Node, graph: MappingGraph) -> TriplesMap:
    named = node.at(f"{graph.path}, triples map {_short(node.text)}")
    named.allow(TRIPLES_MAP)
    base = named.value("baseIRI")
    base_iri = base.text if base else graph.base_iri
    source = read_source(named, graph.path.parent)
    view = read_view(named, source)
    subject = named.required("subject", "subjectMap")
    return TriplesMap(
        place=named.place,
        source=source,
        subject=_read_subject(named, base_iri),
        classes=tuple(read_constant(value, base_iri) for value in subject.values("class")),
        graphs=_read_graphs(subject, base_iri),
        predicate_objects=tuple(
            _read_predicate_object(rule, base_iri, source, graph.path.parent)
            for rule in named.values("predicateObjectMap")
        ),
        view=view,
    )


def _short(iri: str) -> str:
    return iri.rstrip("#/").replace("#", "/").rsplit("/", 1)[-1]


def _read_subject(triples_map: Node, base_iri: str) -> TermMap:
    node = triples_map.required("subject", "subjectMap")
    if triples_map.value("subject"):
        return _only(node, read_constant(node, base_iri), "subject", _RESOURCE)
    node.allow(SUBJECT_MAP)
    return _only(node, read_term_map(node, base_iri, TermType.IRI), "subject", _RESOURCE)


def _only(node: Node, term_map: TermMap, role: str, allowed: tuple[TermType, ...]) -> TermMap:
    if term_map.term_type not in allowed:
        node.fail(f"a {role} that is a {term_map.term_type.value}", f"make it an {allowed[0].value}")
    return term_map


def _read_all(
    node: Node, base_iri: str, role: str, allowed: tuple[TermType, ...]
) -> Iterable[tuple[Node, TermMap]]:
    """The terms of `role` at `node`, from the shortcut property and from the map."""
    for value in node.values(role):
        if value.term in value.properties:  # the older test cases write a map where a term should stand
            value.allow(TERM_MAP)
            yield value, _only(value, read_term_map(value, base_iri, TermType.IRI), role, allowed)
        else:
            yield value, _only(value, read_constant(value, base_iri), role, allowed)
    for value in node.values(f"{role}Map"):
        value.allow(TERM_MAP)
        yield value, _only(value, read_term_map(value, base_iri, TermType.IRI), role, allowed)


def _read_graphs(node: Node, base_iri: str) -> tuple[TermMap | None, ...]:
    graphs = []
    for value, term_map in _read_all(node, base_iri, "graph", _RESOURCE):
        constant = value.value("constant") or value
        graphs.append(None if name(constant.text) == "defaultGraph" else term_map)
    return tuple(graphs)


def _read_predicate_object(
    node: Node, base_iri: str, source: LogicalSource, folder: Path
) -> PredicateObjectMap:
    node.allow(PREDICATE_OBJECT_MAP)
    predicates = tuple(term for _, term in _read_all(node, base_iri, "predicate", _ADDRESS))
    objects: list[ObjectMap] = [read_constant(value, base_iri) for value in node.values("object")]
    objects += [
        _read_object(value.at(node.place), base_iri, source, folder) for value in node.values("objectMap")
    ]
    if not predicates or not objects:
        node.fail(f"a rule without {'an object' if predicates else 'a predicate'}", "add one")
    return PredicateObjectMap(predicates, tuple(objects), _read_graphs(node, base_iri))


def _read_object(node: Node, base_iri: str, source: LogicalSource, folder: Path) -> ObjectMap:
    node.allow(OBJECT_MAP)
    parent = node.value("parentTriplesMap")
    if parent is not None:
        return _read_parent(node, parent.at(node.place), base_iri, source, folder)
    gathered = node.value("gather")
    if gathered is not None:
        members = tuple(
            _read_object(member, base_iri, source, folder) for member in gathered.items(node.place)
        )
        return read_gather(node, base_iri, members)
    return read_object_map(node, base_iri)


def _read_parent(
    node: Node, parent: Node, base_iri: str, source: LogicalSource, folder: Path
) -> TermMap | Join:
    """The subjects of another triples map: of the same record, or of those that meet the conditions."""
    base = parent.value("baseIRI")
    subject = _read_subject(parent, base.text if base else base_iri)
    parent_source = read_source(parent, folder)
    if read_view(parent, parent_source) is not None:
        node.fail("a join with the rows of a view", "join with the records of its source")
    conditions = tuple(_read_condition(value, base_iri) for value in node.values("joinCondition"))
    if not conditions and parent_source != source:
        node.fail("a join of two sources without a condition", "add an rml:joinCondition")
    if not conditions:
        return subject
    otherwise = read_object_map(node, base_iri) if any(map(node.value, EXPRESSION)) else None
    return Join(parent_source, subject, conditions, otherwise)


def _read_condition(node: Node, base_iri: str) -> tuple[TermMap, TermMap]:
    node.allow(JOIN_CONDITION)
    child, parent = (_read_side(node, side, base_iri) for side in ("child", "parent"))
    return child, parent


def _read_side(node: Node, side: str, base_iri: str) -> TermMap:
    short = node.value(side)
    if short is not None:
        return TermMap(Reference(short.text), TermType.LITERAL, base_iri)
    return read_term_map(node.required(f"{side}Map"), base_iri, TermType.LITERAL)
