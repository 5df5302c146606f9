"""Which properties take things and which take values: OWL asks for it, RDF Schema does not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from kamara.loaders.check.terms import DATATYPES as RDF_DATATYPES
from kamara.loaders.reason import owl

_DECLARED = frozenset({owl.OBJECT_PROPERTY, owl.DATA_PROPERTY})
_AXIOMS = owl.BETWEEN_PROPERTIES | {owl.DOMAIN, owl.RANGE}


def property_kinds(triples: Sequence[ox.Triple]) -> Mapping[str, frozenset[str]]:
    """Each property that an axiom is about -> what it is: of things, of values; two kinds are a mistake.

    As it is declared; else as its range says, else as it is used, else as the property above or below it.
    """
    declared = _said(triples, owl.TYPE, _DECLARED)
    about = set(declared) | _with_axioms(triples)
    kinds = {iri: frozenset(declared[iri]) for iri in declared}
    ranges, used = _ranges(triples), _used(triples, about)
    for guesses in (ranges, used):
        kinds.update({iri: frozenset(guesses[iri]) for iri in about - set(kinds) if len(guesses[iri]) == 1})
    return _inherited(kinds, triples)


def _with_axioms(triples: Iterable[ox.Triple]) -> set[str]:
    found: set[str] = set()
    for triple in triples:
        if triple.predicate.value in _AXIOMS and isinstance(triple.subject, ox.NamedNode):
            found.add(triple.subject.value)
            if triple.predicate.value in owl.BETWEEN_PROPERTIES and isinstance(triple.object, ox.NamedNode):
                found.add(triple.object.value)
    return {iri for iri in found if not owl.is_reserved(iri)}


def _said(triples: Iterable[ox.Triple], predicate: str, wanted: frozenset[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for triple in triples:
        thing = triple.object
        if triple.predicate.value == predicate and isinstance(thing, ox.NamedNode) and thing.value in wanted:
            found[str(triple.subject).strip("<>")].add(thing.value)
    return found


def _ranges(triples: Iterable[ox.Triple]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate.value == owl.RANGE and isinstance(triple.object, ox.NamedNode):
            found[str(triple.subject).strip("<>")].add(_kind_of_range(triple.object.value))
    return found


def _kind_of_range(iri: str) -> str:
    is_datatype = iri in RDF_DATATYPES or iri in owl.DATATYPES or iri.startswith(owl.XSD)
    return owl.DATA_PROPERTY if is_datatype else owl.OBJECT_PROPERTY


def _used(triples: Iterable[ox.Triple], about: set[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for triple in triples:
        if triple.predicate.value in about:
            literal = isinstance(triple.object, ox.Literal)
            found[triple.predicate.value].add(owl.DATA_PROPERTY if literal else owl.OBJECT_PROPERTY)
    return found


def _inherited(
    kinds: dict[str, frozenset[str]], triples: Iterable[ox.Triple]
) -> Mapping[str, frozenset[str]]:
    """`kinds`, and the kinds of properties that an axiom puts beside one of them."""
    pairs = [
        (triple.subject.value, triple.object.value)
        for triple in triples
        if triple.predicate.value in owl.BETWEEN_PROPERTIES
        and isinstance(triple.subject, ox.NamedNode)
        and isinstance(triple.object, ox.NamedNode)
    ]
    found = dict(kinds)
    while True:
        more = {b: found[a] for a, b in pairs if a in found and b not in found and not owl.is_reserved(b)}
        more |= {a: found[b] for a, b in pairs if b in found and a not in found}
        if not more:
            return found
        found.update(more)
