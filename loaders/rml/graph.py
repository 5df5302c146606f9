"""A mapping file as a graph that is walked by name, and that knows the place of each node for errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pyoxigraph as ox

from kamara.errors import KamaraError
from kamara.loaders.errors import MappingError
from kamara.loaders.rml.vocabulary import is_modern, is_term, name
from kamara.resources import read_text

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
Value = ox.NamedNode | ox.BlankNode | ox.Literal
_Properties = dict[Value, dict[str, list[Value]]]


@dataclass(frozen=True)
class Node:
    """One node of a mapping: its `term`, and the `place` (file, triples map) that errors name.

    A mapping is `modern` when it is written in the vocabulary of RML-Core.
    """

    term: Value
    place: str
    properties: _Properties
    modern: bool = True

    @property
    def text(self) -> str:
        """The IRI, the blank node's label or the literal's text."""
        return self.term.value

    @property
    def is_literal(self) -> bool:
        """Whether the node is a literal."""
        return isinstance(self.term, ox.Literal)

    def values(self, *names: str) -> list[Node]:
        """The values of the properties `names`, in the order of the file."""
        own = self.properties.get(self.term, {})
        return [
            Node(term, self.place, self.properties, self.modern) for key in names for term in own.get(key, ())
        ]

    def value(self, *names: str) -> Node | None:
        """The only value of the properties `names`. Raises MappingError when there are several."""
        values = self.values(*names)
        if len(values) > 1:
            self.fail(f"{len(values)} values of {' and '.join(names)}", "keep one")
        return values[0] if values else None

    def items(self, place: str) -> list[Node]:
        """The items of the RDF list at this node. Raises MappingError when it is no list."""
        found: list[Node] = []
        node = self
        while node.text != _RDF + "nil":
            found.append(node.required(_RDF + "first").at(place))
            node = node.required(_RDF + "rest")
        return found

    def required(self, *names: str) -> Node:
        """As `value`. Raises MappingError when there is none."""
        value = self.value(*names)
        if value is None:
            self.fail(f"no {' or '.join(names)}", "add one")
        return value

    def allow(self, names: Iterable[str]) -> None:
        """Raise MappingError when the node says something else in the mapping vocabularies than `names`."""
        unknown = [key for key in self.properties.get(self.term, {}) if is_term(key) and key not in names]
        if unknown:
            self.fail(f"{unknown[0]} cannot be used here", f"known here: {', '.join(sorted(names))}")

    def at(self, place: str) -> Node:
        """The same node, with another place for errors."""
        return Node(self.term, place, self.properties, self.modern)

    def fail(self, what: str, remedy: str) -> NoReturn:
        """Raise the MappingError that `what` is wrong at this node's place."""
        raise MappingError(what, where=self.place, remedy=remedy)


@dataclass(frozen=True)
class MappingGraph:
    """A parsed mapping file and the base of its relative IRIs (its own `@base`, when it has one)."""

    path: Path
    base_iri: str
    properties: _Properties
    modern: bool

    def subjects(self, *names: str) -> list[Node]:
        """Each node that has one of the properties `names`, in the order of the file."""
        return [
            Node(term, str(self.path), self.properties, self.modern)
            for term, own in self.properties.items()
            if any(key in own for key in names)
        ]


def read_graph(path: Path, base_iri: str) -> MappingGraph:
    """Parse the Turtle at `path`. Raises MappingError when it cannot be read or is not Turtle."""
    properties: _Properties = {}
    modern = False
    try:
        quads = ox.parse(read_text(path, base_iri), format=ox.RdfFormat.TURTLE, base_iri=base_iri)
        for quad in quads:
            if isinstance(quad.subject, ox.Triple) or isinstance(quad.object, ox.Triple):
                raise KamaraError("a triple term")
            modern = modern or is_modern(quad.predicate.value)
            properties.setdefault(quad.subject, {}).setdefault(name(quad.predicate.value), []).append(
                quad.object
            )
    except (SyntaxError, UnicodeDecodeError, KamaraError) as error:
        raise MappingError(f"not Turtle: {error}", where=str(path), remedy="correct the file") from error
    except OSError as error:
        raise MappingError(
            f"cannot be read: {error.strerror}", where=str(path), remedy="name a mapping file"
        ) from error
    return MappingGraph(path, quads.base_iri or base_iri, properties, modern)
