"""A worker process: opens one published version read-only and answers questions, one after another.

Started as `python -m kamara.sparql.pool.worker STORE MEMORY_MIB OPEN_MIB` (for a query, for the open store)
with a socket as its standard input, on which it speaks frames. It has no network; it may be killed any time.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

from pyoxigraph import (
    NamedNode,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    serialize,
)

from kamara.sparql.formats import PARQUET, engine_format
from kamara.sparql.parquet import Scratch, write_parquet
from kamara.sparql.pool import frames, sandbox
from kamara.sparql.pool.rows import CountedTriples, RowCounter, counter
from kamara.sparql.pool.shortening import shorten
from kamara.sparql.wellformed import MalformedError, XmlWatch

_PIECE = 1 << 16


class _Answer:
    """Collects what the engine writes into pieces of at least 64 KiB; the last one stays for the end."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held = bytearray()
        self.counter: RowCounter | None = None
        self.watch: XmlWatch | None = None
        self.rows = 0

    def write(self, data: bytes) -> int:
        self._held += data
        if len(self._held) >= _PIECE:
            _send(self._stream, frames.pack(frames.DATA, self.take()))
        return len(data)

    def flush(self) -> None:
        """The engine asks for it; pieces go out when they are large enough."""

    def take(self) -> bytes:
        """What is held, counted and looked at. Raises MalformedError when it must not be sent."""
        piece = bytes(self._held)
        self._held.clear()
        if self.watch is not None:
            self.watch.feed(piece)
        if self.counter is not None:
            self.counter.feed(piece)
            self.rows = self.counter.rows
        return piece


def main(store: str, memory_mib: int, open_mib: int) -> None:
    """Answer until the parent closes the socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sandbox.prepare_process()
    questions = os.fdopen(os.dup(0), "rb", 1 << 16)
    answers = os.fdopen(os.dup(0), "wb", 0)
    try:
        opened = Store.read_only(store)
        opened.query("ASK { ?s ?p ?o }")
    except OSError as error:
        _send(answers, frames.pack(frames.FAILURE, _failure("store", str(error))))
        return
    sandbox.deny_network()
    budget = memory_mib << 20
    rest = sandbox.data_bytes()
    # A store that takes more than is reckoned with leaves less for the query: the server's sum must hold.
    sandbox.limit_data(budget + min(rest, open_mib << 20))
    _send(answers, frames.pack(frames.READY))
    while (frame := frames.read(questions)) is not None:
        question = json.loads(frame[1])
        sandbox.limit_processor(question["processor_seconds"])
        try:
            # Memory that the engine keeps would count against the next query.
            _send(answers, _answer(opened, question, answers, rest + budget // 4))
        except BrokenPipeError:
            return


def _send(stream: BinaryIO, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[stream.write(view) :]


def _answer(store: Store, question: dict[str, Any], answers: BinaryIO, most: int) -> bytes:
    """Send all of the answer but its last frame, and give that. `most`: bytes of memory to stay under."""
    out = _Answer(answers)
    try:
        _serialize(_evaluate(store, question), question, out)
        last = out.take()
    except BrokenPipeError:
        raise
    except Exception as error:
        return _failed(*_told(error), most)
    return frames.pack_end(out.rows, last, stale=sandbox.data_bytes() > most)


def _evaluate(store: Store, question: dict[str, Any]) -> QuerySolutions | QueryBoolean | QueryTriples:
    default, named = question["default_graphs"], question["named_graphs"]
    return store.query(
        question["text"],
        base_iri=question["base_iri"],
        use_default_graph_as_union=question["union"],
        default_graph=None if default is None else [NamedNode(iri) for iri in default],
        named_graphs=None if named is None else [NamedNode(iri) for iri in named],
    )


def _serialize(
    results: QuerySolutions | QueryBoolean | QueryTriples, question: dict[str, Any], out: _Answer
) -> None:
    if question["media_type"] == PARQUET.media_type:
        assert isinstance(results, QuerySolutions)
        folder, most = question["scratch"]
        out.rows = write_parquet(results, out, Scratch(Path(folder), most))
        return
    chosen = engine_format(question["media_type"])
    if chosen in (RdfFormat.RDF_XML, QueryResultsFormat.XML):
        out.watch = XmlWatch()
    if isinstance(results, QueryTriples):
        assert isinstance(chosen, RdfFormat)
        triples = CountedTriples(results)
        written, prefixes = shorten(iter(triples), chosen, question["prefixes"], question["base_iri"])
        serialize(written, out, chosen, prefixes=prefixes)  # type: ignore[arg-type]  # write() alone
        out.rows = triples.rows
        return
    assert isinstance(chosen, QueryResultsFormat)
    if isinstance(results, QuerySolutions):
        out.counter = counter(chosen, [variable.value for variable in results.variables])
    else:
        out.rows = 1
    results.serialize(out, chosen)  # type: ignore[arg-type]


def _told(error: Exception) -> tuple[str, str]:
    """The kind of a failure, and its message."""
    kinds: tuple[tuple[type[Exception], str], ...] = (
        (SyntaxError, "syntax"),
        (MemoryError, "memory"),
        (ValueError, "evaluation"),
        (RuntimeError, "evaluation"),
        (MalformedError, "format"),
    )
    # Names that RDF/XML keeps for itself are an OSError of the engine's.
    if isinstance(error, OSError) and "RDF/XML" in str(error):
        return "format", str(error)
    kind = next((name for one, name in kinds if isinstance(error, one)), None)
    return (kind, str(error)) if kind else ("engine", type(error).__name__)


def _failed(kind: str, message: str, most: int) -> bytes:
    return frames.pack(frames.FAILURE, _failure(kind, message, stale=sandbox.data_bytes() > most))


def _failure(kind: str, message: str, *, stale: bool = True) -> bytes:
    return json.dumps({"kind": kind, "message": message, "stale": stale}).encode()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
