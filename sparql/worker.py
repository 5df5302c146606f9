"""A worker process: opens one published version read-only and answers questions, one after another.

Started as `python -m kamara.sparql.worker STORE MEMORY_MIB DEADLINE_SECONDS NETWORK` (`open` or `closed`);
speaks frames on its standard input and output. It may be killed at any moment.
"""

from __future__ import annotations

import json
import math
import os
import signal
import sys
from typing import Any, BinaryIO

from pyoxigraph import NamedNode, QueryBoolean, QuerySolutions, QueryTriples, RdfFormat, Store

from kamara.sparql import frames, sandbox
from kamara.sparql.formats import PARQUET, engine_format
from kamara.sparql.parquet import write_parquet

_PIECE = 1 << 16


class _Answer:
    """Collects what the engine writes into pieces of at least 64 KiB."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._held = bytearray()

    def write(self, data: bytes) -> int:
        self._held += data
        if len(self._held) >= _PIECE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._held:
            frames.write(self._stream, frames.DATA, bytes(self._held))
            self._held.clear()


def main(store: str, memory_mib: int, deadline: float, network: str) -> None:
    """Answer until the parent closes the input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sandbox.prepare_process()
    questions, answers = sys.stdin.buffer, _take_output()
    try:
        opened = Store.read_only(store)
        opened.query("ASK { ?s ?p ?o }")
    except OSError as error:
        frames.write(answers, frames.FAILURE, _failure("store", str(error)))
        return
    if network == "closed":
        sandbox.deny_network()
    budget = memory_mib << 20
    rest = sandbox.data_bytes()
    sandbox.limit_data(rest + budget)
    frames.write(answers, frames.READY)
    while (frame := frames.read(questions)) is not None:
        sandbox.limit_processor(math.ceil(deadline) + 2)
        try:
            _answer(opened, json.loads(frame[1]), answers)
        except BrokenPipeError:
            return
        # Memory that the engine keeps would count against the next query.
        stale = sandbox.data_bytes() > rest + budget // 4
        frames.write(answers, frames.END, frames.STALE if stale else b"")


def _take_output() -> BinaryIO:
    """The standard output for frames alone: what else is printed goes nowhere."""
    own = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    return os.fdopen(own, "wb")


def _answer(store: Store, question: dict[str, Any], answers: BinaryIO) -> None:
    out = _Answer(answers)
    try:
        _serialize(_evaluate(store, question), question["media_type"], out)
        out.flush()
    except BrokenPipeError:
        raise
    except SyntaxError as error:
        frames.write(answers, frames.FAILURE, _failure("syntax", str(error)))
    except MemoryError:
        frames.write(answers, frames.FAILURE, _failure("memory", ""))
    except (ValueError, RuntimeError) as error:
        frames.write(answers, frames.FAILURE, _failure("evaluation", str(error)))
    except Exception as error:
        frames.write(answers, frames.FAILURE, _failure("engine", type(error).__name__))


def _evaluate(store: Store, question: dict[str, Any]) -> QuerySolutions | QueryBoolean | QueryTriples:
    default, named = question["default_graphs"], question["named_graphs"]
    return store.query(
        question["text"],
        base_iri=question["base_iri"],
        use_default_graph_as_union=question["union"],
        default_graph=None if default is None else [NamedNode(iri) for iri in default],
        named_graphs=None if named is None else [NamedNode(iri) for iri in named],
    )


def _serialize(results: QuerySolutions | QueryBoolean | QueryTriples, media_type: str, out: _Answer) -> None:
    if media_type == PARQUET.media_type:
        assert isinstance(results, QuerySolutions)
        write_parquet(results, out)
        return
    chosen = engine_format(media_type)
    if isinstance(results, QueryTriples):
        assert isinstance(chosen, RdfFormat)
        results.serialize(out, chosen)  # type: ignore[arg-type]  # it asks for write() alone
    else:
        assert not isinstance(chosen, RdfFormat)
        results.serialize(out, chosen)  # type: ignore[arg-type]


def _failure(kind: str, message: str) -> bytes:
    return json.dumps({"kind": kind, "message": message}).encode()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
