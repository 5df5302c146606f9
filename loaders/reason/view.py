"""The part of the ontology that a reasoner of OWL 2 understands, and what it has to leave out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kamara.loaders.reason import owl
from kamara.loaders.reason.properties import property_kinds


@dataclass(frozen=True)
class View:
    """An ontology for the reasoner, as N-Triples lines: `axioms`, and the lines about each individual.

    `classes` are the IRIs of its classes. `left_out` are the statements whose datatype is not in OWL 2's
    datatype map, as a person reads them. `clashes` are the properties that are both of things and of values.
    """

    classes: frozenset[str]
    axioms: tuple[str, ...]
    individuals: Mapping[str, tuple[str, ...]]
    left_out: tuple[str, ...]
    clashes: tuple[str, ...]

    def lines(self, individuals: Iterable[str]) -> Iterator[str]:
        """The axioms and what is said of `individuals`."""
        yield from self.axioms
        for iri in individuals:
            yield from self.individuals[iri]


def view(triples: Sequence[ox.Triple]) -> View:
    """The view of `triples`: declarations, axioms on classes and properties, individuals. Labels stay out."""
    kinds = property_kinds(triples)
    clashes = tuple(sorted(iri for iri, found in kinds.items() if len(found) > 1))
    plain = {iri: next(iter(found)) for iri, found in kinds.items() if len(found) == 1}
    builder = _Builder(_classes(triples), plain, _ontologies(triples))
    for triple in triples:
        builder.add(triple)
    return builder.view(clashes)


def _classes(triples: Iterable[ox.Triple]) -> frozenset[str]:
    """Whatever is declared a class, stands in an axiom between classes, or has an individual."""
    found: set[str] = set()
    for triple in triples:
        predicate, thing = triple.predicate.value, triple.object
        if not isinstance(triple.subject, ox.NamedNode) or not isinstance(thing, ox.NamedNode):
            continue
        if predicate == owl.TYPE:
            found.add(triple.subject.value if thing.value in owl.CLASSES else thing.value)
        elif predicate in owl.BETWEEN_CLASSES:
            found |= {triple.subject.value, thing.value}
        elif predicate in (owl.DOMAIN, owl.RANGE) and thing.value not in owl.DATATYPES:
            found.add(thing.value)
    return frozenset(iri for iri in found if not owl.is_reserved(iri))


def _ontologies(triples: Iterable[ox.Triple]) -> frozenset[str]:
    wanted = ox.NamedNode(f"{owl.OWL}Ontology")
    return frozenset(str(t.subject).strip("<>") for t in triples if t.object == wanted)


class _Builder:
    def __init__(
        self, classes: frozenset[str], properties: Mapping[str, str], ontologies: frozenset[str]
    ) -> None:
        self._classes = classes
        self._properties = properties
        self._not_individuals = classes | set(properties) | ontologies
        self._axioms = {_line(iri, owl.TYPE, f"<{owl.CLASS}>"): None for iri in sorted(classes)}
        self._axioms |= {_line(iri, owl.TYPE, f"<{kind}>"): None for iri, kind in sorted(properties.items())}
        self._individuals: dict[str, dict[str, None]] = defaultdict(dict)
        self._left_out: dict[str, None] = {}

    def view(self, clashes: tuple[str, ...]) -> View:
        individuals = {iri: tuple(lines) for iri, lines in sorted(self._individuals.items())}
        return View(self._classes, tuple(self._axioms), individuals, tuple(self._left_out), clashes)

    def add(self, triple: ox.Triple) -> None:
        if not isinstance(triple.subject, ox.NamedNode) or owl.is_reserved(triple.subject.value):
            return
        if triple.subject.value in self._not_individuals:
            self._add_axiom(triple.subject.value, triple.predicate.value, triple)
        else:
            self._add_fact(triple.subject.value, triple.predicate.value, triple)

    def _add_axiom(self, subject: str, predicate: str, triple: ox.Triple) -> None:
        target = triple.object.value if isinstance(triple.object, ox.NamedNode) else ""
        between_classes = subject in self._classes and predicate in owl.BETWEEN_CLASSES
        between_properties = (
            predicate in owl.BETWEEN_PROPERTIES
            and subject in self._properties
            and self._properties.get(target) == self._properties[subject]
        )
        of_property = subject in self._properties and (
            (predicate in (owl.DOMAIN, owl.RANGE) and target in self._classes)
            or (predicate == owl.TYPE and target in owl.CHARACTERISTICS)
        )
        if predicate == owl.RANGE and self._properties.get(subject) == owl.DATA_PROPERTY:
            self._add_range(subject, target, triple)
        elif between_classes or between_properties or of_property:
            self._axioms[f"{triple.subject} {triple.predicate} {triple.object} .\n"] = None

    def _add_range(self, subject: str, datatype: str, triple: ox.Triple) -> None:
        if datatype in owl.DATATYPES:
            self._axioms[f"{triple.subject} {triple.predicate} {triple.object} .\n"] = None
        else:
            self._left_out[f"{subject} rdfs:range {owl.short(datatype)}"] = None

    def _add_fact(self, subject: str, predicate: str, triple: ox.Triple) -> None:
        thing, line = triple.object, f"{triple.subject} {triple.predicate} {triple.object} .\n"
        own = self._individuals[subject]
        own.setdefault(_line(subject, owl.TYPE, f"<{owl.INDIVIDUAL}>"))
        if isinstance(thing, ox.NamedNode):
            typed = predicate == owl.TYPE and thing.value in self._classes
            related = self._properties.get(predicate) == owl.OBJECT_PROPERTY
            if typed or related or predicate in owl.BETWEEN_INDIVIDUALS:
                own[line] = None
        elif isinstance(thing, ox.Literal) and self._properties.get(predicate) == owl.DATA_PROPERTY:
            if thing.datatype.value in owl.DATATYPES:
                own[line] = None
            else:
                self._left_out[f"{subject} {predicate} {thing}"] = None


def _line(subject: str, predicate: str, term: str) -> str:
    return f"<{subject}> <{predicate}> {term} .\n"
