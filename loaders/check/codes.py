"""The code lists: concepts lie in a scheme that exists, their hierarchy ends, their notations are unique."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kamara.loaders.check.findings import Finding
from kamara.loaders.check.material import Material
from kamara.loaders.check.terms import Terms
from kamara.loaders.check.turtle import TurtleFile

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


@dataclass
class _Concept:
    iri: str
    file: TurtleFile
    said: dict[str, list[ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def names(self, predicate: str) -> list[str]:
        return [value.value for value in self.said[f"{_SKOS}{predicate}"] if isinstance(value, ox.NamedNode)]

    def finding(self, what: str, remedy: str) -> Finding:
        return self.file.finding(self.iri, f"{self.iri} {what}", remedy)


def check_codes(material: Material) -> Iterator[Finding]:
    """All findings about ontology/codes/; that the files parse is the ontology's check."""
    nodes = _nodes(material.turtle(material.code_paths))
    concepts = {node.iri: node for node in nodes.values() if _is_a(node, "Concept")}
    schemes = {node.iri for node in nodes.values() if _is_a(node, "ConceptScheme")}
    for concept in concepts.values():
        yield from _scheme(concept, schemes, material.terms)
        yield from _labels(concept)
        yield from _relatives(concept, concepts, material.terms)
    yield from _cycles(concepts)
    yield from _doubled_notations(concepts)


def _nodes(files: list[TurtleFile]) -> dict[str, _Concept]:
    nodes: dict[str, _Concept] = {}
    for file in files:
        for triple in file.triples:
            if isinstance(triple.subject, ox.NamedNode):
                node = nodes.setdefault(triple.subject.value, _Concept(triple.subject.value, file))
                node.said[triple.predicate.value].append(triple.object)
    return nodes


def _is_a(node: _Concept, kind: str) -> bool:
    return ox.NamedNode(f"{_SKOS}{kind}") in node.said[_TYPE]


def _scheme(concept: _Concept, schemes: set[str], terms: Terms) -> Iterator[Finding]:
    named = concept.names("inScheme")
    if not named:
        yield concept.finding("is in no scheme", "add skos:inScheme")
    for scheme in sorted(set(named) - schemes):
        # That a name of ours does not exist is the ontology's check.
        if terms.knows(scheme) or not terms.closed(scheme):
            yield concept.finding(
                f"is in the scheme {scheme}, which is no skos:ConceptScheme", "correct skos:inScheme"
            )


def _labels(concept: _Concept) -> Iterator[Finding]:
    labels = [label.language for label in concept.said[f"{_SKOS}prefLabel"] if isinstance(label, ox.Literal)]
    if not labels:
        yield concept.finding("has no skos:prefLabel", "add one in el and one in en")
    for language in sorted({language or "" for language in labels if labels.count(language) > 1}):
        yield concept.finding(f"has two skos:prefLabel in {language}", "make one a skos:altLabel")


def _relatives(concept: _Concept, concepts: dict[str, _Concept], terms: Terms) -> Iterator[Finding]:
    for predicate in ("broader", "narrower"):
        for iri in concept.names(predicate):
            if iri not in concepts and (terms.knows(iri) or not terms.closed(iri)):
                yield concept.finding(
                    f"has as {predicate} {iri}, which is no skos:Concept", f"correct skos:{predicate}"
                )


def _cycles(concepts: dict[str, _Concept]) -> Iterator[Finding]:
    """Each cycle of skos:broader once, at the first of its concepts."""
    done: set[str] = set()
    for start in sorted(concepts):
        above = _above(start, concepts) if start not in done else set()
        if start in above:
            yield concepts[start].finding("is broader than itself", "break the cycle of skos:broader")
            done |= above
        done.add(start)


def _above(start: str, concepts: dict[str, _Concept]) -> set[str]:
    """All that is broader than `start`, over any number of steps."""
    above: set[str] = set()
    todo = [start]
    while todo:
        steps = {iri for iri in concepts[todo.pop()].names("broader") if iri in concepts} - above
        above |= steps
        todo.extend(steps)
    return above


def _doubled_notations(concepts: dict[str, _Concept]) -> Iterator[Finding]:
    taken: dict[tuple[str, str], str] = {}
    for concept in concepts.values():
        for scheme in concept.names("inScheme"):
            for notation in concept.said[f"{_SKOS}notation"]:
                first = taken.setdefault((scheme, str(notation)), concept.iri)
                if first != concept.iri:
                    yield concept.finding(
                        f"has the notation {notation} of {first}", "give each concept its own"
                    )
