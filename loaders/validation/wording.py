"""What a shape expects and what stands in the data, in Greek and English."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from rdflib import BNode, URIRef
from rdflib.term import Node

from kamara.loaders.validation.graphs import XSD_STRING, Term
from kamara.loaders.validation.shapesgraph import ShapesGraph

LANGUAGES = ("el", "en")
_LONGEST = 200
_MOST_VALUES = 5
_DEPTH = 3
_LISTS = frozenset({"in", "languageIn", "and", "or", "xone"})


@cache
def phrases() -> dict[str, Any]:
    """The phrases file: for each SHACL parameter what it asks for, in both languages."""
    return tomllib.loads(Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8"))


def local_name(iri: str) -> str:
    """The part of `iri` after its last `#` or `/`."""
    return iri.rpartition("#")[2].rpartition("/")[2]


def parameter_of(component: str) -> str:
    """The parameter of a component: `MinCountConstraintComponent` has `minCount` (SHACL section 4)."""
    name = component.removesuffix("ConstraintComponent")
    return "sparql" if name == "SPARQL" else name[:1].lower() + name[1:]


class Wording:
    """Texts about one shapes graph."""

    def __init__(self, shapes: ShapesGraph) -> None:
        self._shapes = shapes

    def expected(self, shape: Node, component: str) -> dict[str, str]:
        """What `shape` asks for through `component`."""
        parameter = parameter_of(component)
        values = self._shapes.values(shape, parameter)
        if parameter == "closed":
            return _filled("closed", dict.fromkeys(LANGUAGES, ", ".join(self._allowed(shape))))
        if parameter in {"minCount", "maxCount"}:
            other = self._shapes.values(shape, "maxCount" if parameter == "minCount" else "minCount")
            parameter = "count" if values == other else parameter
        return self._phrase(parameter, values, _DEPTH)

    def message(self, expected: dict[str, str]) -> dict[str, str]:
        """The message of a shape that has none of its own."""
        return {language: phrases()["message"][language].format(expected[language]) for language in LANGUAGES}

    def found(self, terms: Sequence[Term]) -> str:
        """What stands in the data, for a person; empty when nothing does."""
        shown = [self._term(term) for term in terms[:_MOST_VALUES]]
        return ", ".join([*shown, "..."] if len(terms) > _MOST_VALUES else shown)

    def _term(self, term: Term) -> str:
        if isinstance(term, ox.NamedNode):
            return self._shapes.short(term.value)
        if isinstance(term, ox.BlankNode):
            return "_:"
        text = term.value if len(term.value) <= _LONGEST else f"{term.value[:_LONGEST]}..."
        if term.language:
            return f'"{text}" ({term.language})'
        kind = term.datatype.value
        return f'"{text}"' if kind == XSD_STRING else f'"{text}" ({self._shapes.short(kind)})'

    def _phrase(self, parameter: str, values: Sequence[Node], depth: int) -> dict[str, str]:
        if parameter not in phrases() or not values:
            return _filled("other", dict.fromkeys(LANGUAGES, f"sh:{parameter}"))
        if parameter == "nodeKind":
            kind: dict[str, str] = phrases()["kinds"].get(local_name(str(values[0])), {})
            return _filled(parameter, {language: kind.get(language, "") for language in LANGUAGES})
        render = self._members if parameter in _LISTS else self._nodes
        return _filled(parameter, render(values, depth))

    def _members(self, heads: Sequence[Node], depth: int) -> dict[str, str]:
        return self._nodes([member for head in heads for member in self._shapes.members(head)], depth)

    def _nodes(self, nodes: Sequence[Node], depth: int) -> dict[str, str]:
        texts = [self._node(node, depth - 1) for node in nodes]
        return {language: ", ".join(text[language] for text in texts) for language in LANGUAGES}

    def _node(self, node: Node, depth: int) -> dict[str, str]:
        if isinstance(node, URIRef | BNode) and self._shapes.named(node) != str(node):
            return self._shape(node, depth)
        text = self._shapes.short(str(node)) if isinstance(node, URIRef) else str(node)
        return dict.fromkeys(LANGUAGES, text)

    def _shape(self, shape: Node, depth: int) -> dict[str, str]:
        """All that a nested shape asks for; deep nesting ends in `...`."""
        if depth <= 0:
            return dict.fromkeys(LANGUAGES, "...")
        names = self._parameters(shape)
        parts = [self._phrase(name, self._shapes.values(shape, name), depth) for name in names]
        parts += [self._shape(part, depth - 1) for part in self._shapes.values(shape, "property")]
        path = self._shapes.short(self._shapes.path(shape))
        before = f"{path}: " if path else ""
        return {language: before + "; ".join(part[language] for part in parts) for language in LANGUAGES}

    def _parameters(self, shape: Node) -> list[str]:
        names = {local_name(str(name)) for name in self._shapes.graph.predicates(shape)}
        return sorted(name for name in names - {"message"} if name in phrases())

    def _allowed(self, shape: Node) -> list[str]:
        """The properties that a closed shape allows (SHACL section 4.8.1)."""
        own = [self._shapes.path(part) for part in self._shapes.values(shape, "property")]
        heads = self._shapes.values(shape, "ignoredProperties")
        ignored = [str(member) for head in heads for member in self._shapes.members(head)]
        return sorted({self._shapes.short(iri) for iri in [*own, *ignored] if iri})


def _filled(name: str, values: dict[str, str]) -> dict[str, str]:
    """The phrase `name` in both languages with `values` in it."""
    phrase = phrases()[name]
    one = "one_" if values["en"] == "1" else ""
    return {
        language: phrase.get(f"{one}{language}", phrase[language]).replace("{}", values[language])
        for language in LANGUAGES
    }
