"""The terms that a query may be written with: prefixes, classes and properties, named in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from kamara.resources import read_text
from kamara.site.prefixes import Prefixes
from kamara.site.texts import LANGUAGES
from kamara.sparql.terms import RDF_TYPE

_RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"


@dataclass(frozen=True)
class Term:
    """A class or a property: its IRI, its compact form, and its names by language."""

    iri: str
    compact: str
    names: Mapping[str, str]


@dataclass(frozen=True)
class Terms:
    """Classes and properties in the order of their compact forms."""

    prefixes: Prefixes
    classes: tuple[Term, ...]
    properties: tuple[Term, ...]

    def told(self, base_iri: str) -> dict[str, object]:
        """What `/terms.json` says: each term as its IRI and its name in each of `languages`."""
        return {
            "base": base_iri,
            "languages": LANGUAGES,
            "prefixes": dict(self.prefixes.namespaces),
            "classes": [_row(one) for one in self.classes],
            "properties": [_row(one) for one in self.properties],
        }


def read_terms(ontology: Path, base_iri: str, prefixes: Prefixes) -> Terms:
    """The terms that the Turtle files under `ontology` declare and name in every language of the pages."""
    kinds: dict[str, set[str]] = {}
    names: dict[str, dict[str, str]] = {}
    for path in sorted(ontology.rglob("*.ttl")):
        for quad in parse(read_text(path, base_iri), RdfFormat.TURTLE):
            if not isinstance(quad.subject, NamedNode):
                continue
            term = quad.subject.value
            if quad.predicate.value == RDF_TYPE and isinstance(quad.object, NamedNode):
                kinds.setdefault(term, set()).add(_kind(quad.object.value))
            elif quad.predicate.value == _RDFS_LABEL and isinstance(quad.object, Literal):
                names.setdefault(term, {}).setdefault(quad.object.language or "", quad.object.value)
    named = {term: names[term] for term in kinds if set(LANGUAGES) <= set(names.get(term, ()))}

    def of(kind: str) -> tuple[Term, ...]:
        return _sorted(
            Term(iri, prefixes.compact(iri), found) for iri, found in named.items() if kind in kinds[iri]
        )

    return Terms(prefixes, of("Class"), of("Property"))


def _kind(iri: str) -> str:
    """`Class` or `Property` for a type of terms, such as owl:DatatypeProperty; else nothing."""
    return next((kind for kind in ("Class", "Property") if iri.endswith(kind)), "")


def _sorted(terms: Iterable[Term]) -> tuple[Term, ...]:
    return tuple(sorted(terms, key=lambda one: one.compact.casefold()))


def _row(term: Term) -> list[str]:
    return [term.iri, *(term.names[language] for language in LANGUAGES)]
