"""Published versions built straight from quads, for tests of the query side."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store

from kamara.sparql.versions import Version

GRAPH = NamedNode("urn:g:numbers")
PREDICATE = NamedNode("urn:p:value")


def numbers(count: int) -> list[Quad]:
    """`count` things, each with its number, in one graph."""
    return [Quad(NamedNode(f"urn:s:{n}"), PREDICATE, Literal(n), GRAPH) for n in range(count)]


def publish(folder: Path, quads: Iterable[Quad], number: int = 1) -> Version:
    """A version in `folder` that holds the quads."""
    place = folder / f"{number:08d}"
    place.mkdir(parents=True)
    store = Store(str(place / "store"))
    for quad in (held := list(quads)):
        if isinstance(quad.graph_name, NamedNode):
            store.add_graph(quad.graph_name)
    store.bulk_extend(held)
    store.flush()
    return Version(number, place, number, "2026-01-01T00:00:00+00:00", len(held))


class FixedVersions:
    """Whatever version the test says is the current one; counts its leases."""

    def __init__(self, version: Version | None) -> None:
        self.version = version
        self.leased: list[int] = []

    def current(self) -> Version | None:
        return self.version

    def lease(self, version: Version) -> AbstractContextManager[object]:
        self.leased.append(version.number)
        return nullcontext()
