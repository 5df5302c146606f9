"""The one way in which pages ask the graph: a query text and bound IRIs in, rows out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias, cast

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, Store, Triple, Variable

from kamara.resources import bundled

Node: TypeAlias = NamedNode | Literal | BlankNode
Row: TypeAlias = Mapping[str, Node]
Select: TypeAlias = Callable[[str, Mapping[str, str]], Iterable[Row]]
"""Answers a SELECT query. The second argument binds variables (by name) to IRIs. Every bound variable must be
in the projection, of sub-selects too: the engine refuses or ignores it otherwise."""


@cache
def document_query(name: str) -> str:
    """The text of `sparql/documents/NAME.rq`."""
    return (_folder() / f"{name}.rq").read_text(encoding="utf-8")


def rows(solutions: QuerySolutions) -> Iterable[Row]:
    """The engine's solutions as rows: only what is bound."""
    names = [variable.value for variable in solutions.variables]
    for solution in solutions:
        yield {name: node for name in names if (node := solution[name]) is not None}


@dataclass(frozen=True)
class StoreSelect:
    """Asks a store that this process has open."""

    store: Store

    def __call__(self, text: str, bindings: Mapping[str, str]) -> Iterable[Row]:
        """The rows of a SELECT query; see `Select`."""
        bound: dict[Variable, NamedNode | BlankNode | Literal | Triple] = {
            Variable(name): NamedNode(iri) for name, iri in bindings.items()
        }
        return rows(cast("QuerySolutions", self.store.query(text, substitutions=bound)))


def _folder() -> Path:
    return bundled().root / "sparql" / "documents"
