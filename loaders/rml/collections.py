"""Gathered terms as RDF lists and containers (RML-CC; RDF 1.1 Schema, section 5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Protocol

from kamara.loaders.rawrecord import Value
from kamara.loaders.rml.model import Fresh, Gather, Gathering
from kamara.loaders.rml.runtime import Labels
from kamara.loaders.rml.termfunction import TermFunction
from kamara.loaders.rml.vocabulary import RDF_TYPE

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_NIL = f"<{_RDF}nil>"


class Member(Protocol):
    """What gives terms of a record."""

    def of(self, row: Sequence[Value]) -> tuple[str, ...]:
        """The terms."""
        ...


@dataclass(frozen=True)
class CompiledGather:
    """A gather map as functions of a record."""

    gather: Gather
    head: TermFunction
    members: tuple[Member, ...]
    labels: Labels

    def of(self, row: Sequence[Value]) -> tuple[str, ...]:
        """The first nodes of what a record gathers, without their triples."""
        return self.build(row)[0]

    def build(self, row: Sequence[Value]) -> tuple[tuple[str, ...], list[str]]:
        """The first nodes of what a record gathers, and the triples that describe it, without their end."""
        nodes: list[str] = []
        lines: list[str] = []
        for terms, inner in self._gathered(row):
            lines += inner
            if terms or self.gather.allow_empty:
                for node in self._heads(row, terms):
                    nodes.append(node)
                    lines += self._described(node, terms)
        return tuple(nodes), lines

    def _gathered(self, row: Sequence[Value]) -> Iterable[tuple[Sequence[str], list[str]]]:
        inner: list[str] = []
        parts: list[tuple[str, ...]] = []
        for member in self.members:
            if isinstance(member, CompiledGather):
                nodes, lines = member.build(row)
                inner += lines
                parts.append(nodes)
            else:
                parts.append(member.of(row))
        if self.gather.crossed:
            return [(terms, inner) for terms in product(*parts)]
        return [([term for part in parts for term in part], inner)]

    def _heads(self, row: Sequence[Value], terms: Sequence[str]) -> tuple[str, ...]:
        if not terms and self.gather.kind is Gathering.LIST:
            return (_NIL,)
        if isinstance(self.gather.head.expression, Fresh):
            return (self._fresh(),)
        return self.head.of(row)

    def _fresh(self) -> str:
        return f"_:{self.labels.next()}"

    def _described(self, node: str, terms: Sequence[str]) -> Iterator[str]:
        if self.gather.kind is Gathering.LIST:
            return self._list(node, terms)
        return self._container(node, terms)

    def _list(self, node: str, terms: Sequence[str]) -> Iterator[str]:
        for place, term in enumerate(terms, 1):
            following = self._fresh() if place < len(terms) else _NIL
            yield f"{node} <{_RDF}first> {term}"
            yield f"{node} <{_RDF}rest> {following}"
            node = following

    def _container(self, node: str, terms: Sequence[str]) -> Iterator[str]:
        yield f"{node} <{RDF_TYPE}> <{_RDF}{self.gather.kind.value}>"
        for place, term in enumerate(terms, 1):
            yield f"{node} <{_RDF}_{place}> {term}"
