"""The one way in which pages ask the graph: a query text and bound IRIs in, rows out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from io import BufferedReader, RawIOBase
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias, TypeVar, cast

from pyoxigraph import (
    BlankNode,
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    Store,
    parse_query_results,
)

from kamara.config import QuerySettings
from kamara.resources import bundled
from kamara.sparql.bindings import bind
from kamara.sparql.errors import BusyError
from kamara.sparql.guard import Inspected, inspect
from kamara.sparql.pool.blocking import BlockingPool
from kamara.sparql.request import QueryRequest
from kamara.sparql.terms import is_iri
from kamara.sparql.versions import Version

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Node: TypeAlias = NamedNode | Literal | BlankNode
Row: TypeAlias = Mapping[str, Node]
Select: TypeAlias = Callable[[str, Mapping[str, Sequence[str]]], Iterable[Row]]
"""Answers a SELECT query; the second argument holds variables (by name) to one or several IRIs."""

Answer = TypeVar("Answer")
_ATTEMPTS = 3


@cache
def document_query(name: str) -> str:
    """The text of `sparql/documents/NAME.rq`."""
    return (bundled().root / "sparql" / "documents" / f"{name}.rq").read_text(encoding="utf-8")


class StoreSelect:
    """Asks a store that this process has open."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._limits = QuerySettings()
        self._inspected: dict[str, Inspected] = {}

    def __call__(self, text: str, bindings: Mapping[str, Sequence[str]]) -> Iterable[Row]:
        """The rows of a SELECT query; see `Select`."""
        query = self._inspected.get(text) or self._inspected.setdefault(text, inspect(text, self._limits))
        return _rows(self._store.query(bind(query, _terms(bindings))))


class PoolSelect:
    """Asks the workers; `versions` are those that answered."""

    def __init__(self, pool: BlockingPool) -> None:
        self._pool = pool
        self.versions: set[Version] = set()

    def __call__(self, text: str, bindings: Mapping[str, Sequence[str]]) -> Iterable[Row]:
        """The rows of a SELECT query; see `Select`. Raises QueryError when a worker cannot answer."""
        with self._pool.run(QueryRequest(text, bindings=_terms(bindings))) as result:
            content = result.read()
        self.versions.add(result.version)
        return _rows(parse_query_results(content, QueryResultsFormat.JSON))

    def first(self, text: str, most: int) -> tuple[tuple[str, ...], list[Row]]:
        """The columns of a SELECT query and at most `most` of its rows; the others are not computed.

        Raises QueryError when a worker cannot answer.
        """
        with self._pool.run(QueryRequest(text)) as result:
            content = BufferedReader(_Readable(result.chunks))
            found = cast("QuerySolutions", parse_query_results(content, QueryResultsFormat.JSON))
            columns = tuple(variable.value for variable in found.variables)
            rows = list(islice(_rows(found), most))
        self.versions.add(result.version)
        return columns, rows


class _Readable(RawIOBase):
    """Pieces of bytes as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = piece
        size = min(len(view), len(self._held))
        view[:size], self._held = self._held[:size], self._held[size:]
        return size


def read_consistently(pool: BlockingPool, read: Callable[[PoolSelect], Answer]) -> tuple[Answer, Version]:
    """What `read` makes of several queries that were all answered by one version, and that version.

    Raises BusyError when new versions keep coming in between.
    """
    for _ in range(_ATTEMPTS):
        select = PoolSelect(pool)
        answer = read(select)
        if len(select.versions) == 1:
            return answer, select.versions.pop()
    raise BusyError(
        "new versions are being published one after the other", remedy="ask again in a few seconds"
    )


def _terms(bindings: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {name: " ".join(f"<{iri}>" for iri in iris if is_iri(iri)) for name, iris in bindings.items()}


def _rows(solutions: object) -> Iterable[Row]:
    found = cast("QuerySolutions", solutions)
    names = [variable.value for variable in found.variables]
    for solution in found:
        yield {name: cast("Node", node) for name in names if (node := solution[name]) is not None}
