"""A query and its answer, as the pool takes and gives them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from kamara.config import Settings
from kamara.sparql.bindings import bind
from kamara.sparql.errors import CancelledError
from kamara.sparql.formats import Form, Format
from kamara.sparql.guard import Inspected
from kamara.sparql.running import Running
from kamara.sparql.versions import Version


@dataclass(frozen=True)
class QueryRequest:
    """One query.

    `format`: None takes the form's first one. `default_graphs` and `named_graphs`: IRIs of the graphs that
    the protocol names (SPARQL 1.1 Protocol, section 2.1.4); they replace the query's own dataset. `bindings`:
    variable name without `?` -> term in N-Triples.
    """

    text: str
    format: Format | None = None
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()
    bindings: Mapping[str, str] = field(default_factory=dict)


class QueryResult:
    """An answer on its way. Iterate over `chunks` once, or `read()` it; `close()` stops what nobody reads."""

    def __init__(
        self, query: Inspected, chosen: Format, version: Version, chunks: Iterator[bytes], running: Running
    ) -> None:
        self.form: Form = query.form
        self.format = chosen
        self.version = version
        self.chunks = chunks
        self._running = running

    @property
    def media_type(self) -> str:
        """The value of Content-Type."""
        return self.format.content_type

    def read(self) -> bytes:
        """The whole answer. Raises QueryError when it cannot be completed."""
        return b"".join(self.chunks)

    def close(self) -> None:
        """Stop the query if it still runs. Any thread may call this."""
        self._running.stop(CancelledError("the query was stopped: nobody waits for its answer"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def question(query: Inspected, request: QueryRequest, chosen: Format, settings: Settings) -> dict[str, Any]:
    """What the worker is asked. Naming a dataset, in the request or in the query, turns the union off."""
    by_protocol = bool(request.default_graphs or request.named_graphs)
    return {
        "text": bind(query, request.bindings),
        "media_type": chosen.media_type,
        "base_iri": settings.base_iri,
        "union": settings.default_graph == "union" and not by_protocol and not query.names_dataset,
        "default_graphs": list(request.default_graphs) if by_protocol else None,
        "named_graphs": list(request.named_graphs) if by_protocol else None,
    }
