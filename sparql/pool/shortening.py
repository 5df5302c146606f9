"""The prefixes that a graph is written with: the query's own, and the well-known ones that occur in it.

An answer is written while it comes, and its prefixes stand before it. So those of `site/prefixes.toml` are
looked for in its first triples only: what comes later with another namespace is written in full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from typing import TypedDict

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple

from kamara.resources import read_namespaces
from kamara.sparql.terms import RDF_TYPE, XSD

# About as much as a worker holds back anyway before it sends the first piece.
_HEAD_TRIPLES, _HEAD_CHARACTERS = 500, 1 << 16
# The engine's Turtle writer tries one prefix after the other at every IRI.
_MOST_OWN = 100
# Turtle has words of its own for these, or none at all.
_PLAIN = {XSD + name for name in ("string", "integer", "decimal", "double", "boolean")} | {
    RDF_TYPE,
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString",
}
# What RDF/XML (and the engine, which declares `its`) keeps for itself, or what XmlWatch could not follow.
_XML_NAME = re.compile(r"(?!xml|rdf\Z|its\Z)[A-Za-z][A-Za-z0-9_.-]{0,39}\Z", re.IGNORECASE)
_XML_KEPT = ("http://www.w3.org/2000/xmlns/", "http://www.w3.org/XML/1998/namespace")


class Prefixes(TypedDict):
    """Namespaces by prefix. `own`: the query's; `known`: the well-known ones, None for those of today."""

    own: Mapping[str, str]
    known: Mapping[str, str] | None


def shorten(
    triples: Iterator[Triple], chosen: RdfFormat, prefixes: Prefixes | None, base_iri: str
) -> tuple[Iterator[Triple], dict[str, str]]:
    """The same triples, and the prefixes to write them with; none where `prefixes` is None."""
    if prefixes is None:
        return triples, {}
    own = {name: iri for name, iri in [*prefixes["own"].items()][:_MOST_OWN] if _fits(name, iri, chosen)}
    known = _today(base_iri) if prefixes["known"] is None else prefixes["known"]
    head = _head(triples)
    occurring = {namespace for triple in head for namespace in _namespaces(triple)} - set(own.values())
    found = {name: iri for name, iri in known.items() if iri in occurring and _fits(name, iri, chosen)}
    return chain(head, triples), found | own


@cache
def _today(base_iri: str) -> Mapping[str, str]:
    return read_namespaces(base_iri)


def _fits(name: str, iri: str, chosen: RdfFormat) -> bool:
    """Whether the engine takes the IRI, and in RDF/XML also whether the name and the IRI are free."""
    try:
        NamedNode(iri)
    except ValueError:
        return False
    return chosen != RdfFormat.RDF_XML or (bool(_XML_NAME.match(name)) and iri not in _XML_KEPT)


def _head(triples: Iterator[Triple]) -> list[Triple]:
    head: list[Triple] = []
    characters = 0
    for triple in triples:
        head.append(triple)
        characters += len(triple.object.value) if isinstance(triple.object, Literal) else 0
        if len(head) == _HEAD_TRIPLES or characters > _HEAD_CHARACTERS:
            break
    return head


def _namespaces(triple: Triple) -> Iterator[str]:
    """The namespaces of the IRIs that are written out, each up to its last `#` or `/`."""
    for term in (triple.subject, triple.predicate, triple.object):
        if isinstance(term, Triple):
            yield from _namespaces(term)
            continue
        iri = term.datatype.value if isinstance(term, Literal) else term.value
        if iri not in _PLAIN:
            yield iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
