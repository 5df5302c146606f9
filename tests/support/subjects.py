"""What is published under the base, the oddest names of every kind first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from urllib.parse import quote, unquote

from pyoxigraph import NamedNode, Quad, Store
from support.site import BASE

_PLAIN = re.compile(r"[A-Za-z0-9._/-]")


def oddest(store: Store, most: int) -> list[str]:
    """At most `most` IRIs of each type under `/id/`, each scheme under `/code/`, and each other room."""
    found = {quad.subject.value for quad in store if isinstance(quad.subject, NamedNode)}
    found |= {graph.value for graph in store.named_graphs() if isinstance(graph, NamedNode)}
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for iri in sorted((one for one in found if one.startswith(BASE)), key=_oddness):
        room, *rest = iri.removeprefix(BASE).split("/")
        kinds[f"{room}/{rest[0]}" if room in {"id", "code"} else room].append(iri)
    return [iri for kind in kinds.values() for iri in kind[:most]]


def about(triples: Iterable[Quad], iri: str) -> bool:
    """Whether a triple has the thing as its subject."""
    return any(triple.subject == NamedNode(iri) for triple in triples)


def as_uri(iri: str) -> str:
    """The path at which a client asks for the IRI: RFC 3987 section 3.1, nothing else encoded."""
    return "/" + quote(iri.removeprefix(BASE), safe="/%~:@!$&'()*+,;=")


def encoded(iri: str) -> str:
    """The same path by a client that encodes all that it can."""
    return "/" + "/".join(quote(unquote(part), safe="") for part in iri.removeprefix(BASE).split("/"))


def _oddness(iri: str) -> tuple[int, str]:
    return -len(set(_PLAIN.sub("", iri.removeprefix(BASE)))), iri
