"""The ontology: it parses, has no blank nodes, uses known terms, and speaks Greek and English."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyoxigraph as ox

from kamara.loaders.check.findings import Finding
from kamara.loaders.check.material import Material
from kamara.loaders.check.turtle import TurtleFile
from kamara.loaders.check.usage import unknown_terms

_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABELS = {
    f"{_RDFS}label": "rdfs:label",
    f"{_RDFS}comment": "rdfs:comment",
    f"{_SKOS}prefLabel": "skos:prefLabel",
    f"{_SKOS}definition": "skos:definition",
    "http://purl.org/dc/terms/title": "dcterms:title",
    "http://purl.org/dc/terms/description": "dcterms:description",
    "http://www.w3.org/ns/shacl#name": "sh:name",
}
_REQUIRED = (f"{_RDFS}label", f"{_RDFS}comment")
# Parts of a data structure: they have an address but no meaning of their own.
_PARTS = frozenset({"http://purl.org/linked-data/cube#ComponentSpecification", f"{_SKOS}Concept"})
_BOTH = frozenset({"el", "en"})


def check_ontology(material: Material) -> Iterator[Finding]:
    """All findings about ontology/."""
    yield from material.broken(material.ontology_paths)
    for file in material.turtle(material.ontology_paths):
        yield from _blank_nodes(file)
        yield from unknown_terms(file, material.terms)
        yield from _unknown_subjects(file, material)
        yield from missing_languages(file)
        yield from _unlabelled(file, f"{material.base_iri}def/")


def _blank_nodes(file: TurtleFile) -> Iterator[Finding]:
    holders = {str(t.subject) for t in file.triples if isinstance(t.object, ox.BlankNode)}
    named = sorted(text.strip("<>") for text in holders if text.startswith("<"))
    if not named and any(isinstance(t.subject, ox.BlankNode) for t in file.triples):
        named = [""]
    for iri in named:
        about = f"under {iri}" if iri else "as a subject"
        yield file.finding(iri, f"blank node {about}", "give it an IRI under its whole")


def _unknown_subjects(file: TurtleFile, material: Material) -> Iterator[Finding]:
    """A subject without a type is only described here, so it must be a term that exists elsewhere."""
    subjects = {t.subject.value for t in file.triples if isinstance(t.subject, ox.NamedNode)}
    for iri in sorted(subjects):
        if not material.terms.knows(iri):
            yield file.finding(iri, f"{iri} has no rdf:type and is no known term", material.terms.remedy(iri))


def missing_languages(file: TurtleFile) -> Iterator[Finding]:
    """Labels that are there in one language only."""
    languages: dict[tuple[str, str], set[str]] = defaultdict(set)
    for triple in file.triples:
        if triple.predicate.value in _LABELS and isinstance(triple.object, ox.Literal):
            languages[str(triple.subject).strip("<>"), triple.predicate.value].add(
                triple.object.language or ""
            )
    for (iri, predicate), found in sorted(languages.items()):
        missing = sorted(_BOTH - found)
        if missing:
            yield file.finding(
                iri,
                f"{iri} has no {_LABELS[predicate]} in {' and '.join(missing)}",
                "add it: labels stand in el and en",
            )


def _unlabelled(file: TurtleFile, namespace: str) -> Iterator[Finding]:
    """Terms of ours without any label or comment."""
    said: dict[str, set[str]] = defaultdict(set)
    types: dict[str, set[str]] = defaultdict(set)
    for triple in file.triples:
        iri = str(triple.subject).strip("<>")
        said[iri].add(triple.predicate.value)
        if triple.predicate.value == _TYPE and isinstance(triple.object, ox.NamedNode):
            types[iri].add(triple.object.value)
    for iri in sorted(iri for iri in types if iri.startswith(namespace) and not types[iri] & _PARTS):
        for predicate in _REQUIRED:
            if predicate not in said[iri]:
                yield file.finding(iri, f"{iri} has no {_LABELS[predicate]}", "add one in el and one in en")
