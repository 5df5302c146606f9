"""What terms are called, in which language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kamara.resources import DEFAULT_BASE

# The properties that name things, the best first; sparql/documents/labels.rq asks for the same.
RANKS: Mapping[str, int] = MappingProxyType(
    {
        "http://www.w3.org/2004/02/skos/core#prefLabel": 1,
        "http://www.w3.org/2000/01/rdf-schema#label": 2,
        "http://purl.org/dc/terms/title": 3,
        "https://schema.org/name": 4,
        "http://xmlns.com/foaf/0.1/name": 5,
    }
)


@dataclass(frozen=True, order=True)
class Naming:
    """One triple that gives a term a name; a lower rank is a better name."""

    term: str
    rank: int
    property: str
    text: str
    language: str

    def quoted(self) -> Literal:
        """The name as the graph holds it."""
        return Literal(self.text, language=self.language) if self.language else Literal(self.text)


class Labels:
    """The best name of each term in each language."""

    def __init__(self, namings: Iterable[Naming] = ()) -> None:
        self._names: dict[str, dict[str, str]] = {}
        for naming in sorted(namings):
            self._names.setdefault(naming.term, {}).setdefault(naming.language, naming.text)

    def of(self, term: str) -> Mapping[str, str]:
        """The term's names by language (`el`, `en`, ... and `` for one without a language)."""
        return self._names.get(term, {})

    def __contains__(self, term: object) -> bool:
        return term in self._names

    def __len__(self) -> int:
        return len(self._names)


def read_labels(ontology: Path, base_iri: str) -> Labels:
    """The labels in the Turtle files under `ontology`: they name the terms that the graph itself does not."""
    return Labels(_namings(ontology, base_iri))


def _namings(ontology: Path, base_iri: str) -> Iterable[Naming]:
    for path in sorted(ontology.rglob("*.ttl")):
        text = path.read_text(encoding="utf-8").replace(DEFAULT_BASE, base_iri)
        for quad in parse(text, RdfFormat.TURTLE):
            rank = RANKS.get(quad.predicate.value)
            if rank and isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                name, language = quad.object.value, quad.object.language or ""
                yield Naming(quad.subject.value, rank, quad.predicate.value, name, language)
