"""One worker process as its parent sees it: starts it, asks it, ends it, and says why it died."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any, BinaryIO, cast

from kamara.config import QuerySettings
from kamara.sparql import frames
from kamara.sparql.errors import (
    CancelledError,
    DeadlineError,
    MemoryLimitError,
    QueryError,
    StoreError,
    SyntaxRefusal,
)
from kamara.sparql.versions import Version

_AT = re.compile(r"error at (\d+):(\d+): ")


class WorkerProcess:
    """A process that holds one version open. It holds the version's lease until it is ended.

    One thread asks; any thread may `end()` it, and the asking thread then gets the error given there.
    """

    def __init__(
        self, version: Version, limits: QuerySettings, lease: AbstractContextManager[object]
    ) -> None:
        """Start the process; it opens the store while the caller goes on."""
        self.version = version
        self._limits = limits
        self._lease = lease
        self._ready = False
        self._stale = False
        self._ended: QueryError | None = None
        self._lock = threading.Lock()
        lease.__enter__()
        network = "open" if limits.service_allow else "closed"
        arguments = (str(version.store), str(limits.memory_mb), str(limits.deadline_seconds), network)
        # -P: no module of the current folder is taken for one of ours.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "kamara.sparql.worker", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._input = cast(BinaryIO, self._process.stdin)
        self._output = cast(BinaryIO, self._process.stdout)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def usable(self) -> bool:
        """Whether it may be asked again."""
        return self._ended is None and not self._stale and self._process.poll() is None

    def ask(self, question: dict[str, Any]) -> Iterator[bytes]:
        """The pieces of the answer. Raises QueryError at any of them; StoreError when it cannot open."""
        # A worker that is gone already has left its reason, or is told by its exit status.
        with contextlib.suppress(BrokenPipeError):
            frames.write(self._input, frames.QUESTION, json.dumps(question).encode())
        while True:
            kind, payload = self._frame()
            if kind == frames.DATA:
                yield payload
            elif kind == frames.END:
                self._stale = payload == frames.STALE
                return
            elif kind == frames.FAILURE:
                error = _error(json.loads(payload), self.version)
                if not isinstance(error, StoreError):
                    self._stale = self._frame()[1] == frames.STALE
                raise error

    def end(self, reason: QueryError | None = None) -> None:
        """Kill the process, give the lease back. The first reason given is what the asking thread raises."""
        with self._lock:
            if self._ended is not None:
                return
            self._ended = reason or CancelledError("the query was stopped")
        self._process.kill()
        self._process.wait()
        self._lease.__exit__(None, None, None)

    def _frame(self) -> tuple[bytes, bytes]:
        frame = frames.read(self._output)
        if frame is None:
            raise self._why()
        return frame

    def _why(self) -> QueryError:
        """What ended it: us, its memory, or the query."""
        if self._ended is not None:
            return self._ended
        code = self._process.wait()
        if code in (-signal.SIGABRT, -signal.SIGKILL):
            return MemoryLimitError(
                f"the query took more than {self._limits.memory_mb} MiB of memory (query.memory_mb)",
                remedy="ask for less at once: fewer joins without a shared variable, LIMIT, smaller groups",
            )
        if code == -signal.SIGXCPU:
            return deadline_error(self._limits)
        return QueryError(
            "the engine broke off while it read or ran this query",
            remedy="write the query with fewer nested or chained parts",
        )


def deadline_error(limits: QuerySettings) -> DeadlineError:
    """The refusal of a query that ran too long."""
    return DeadlineError(
        f"the query ran longer than {limits.deadline_seconds:g} seconds (query.deadline_seconds)",
        remedy="ask for less at once, or take the downloads and query them on a machine of your own",
    )


def _error(failure: dict[str, str], version: Version) -> QueryError | StoreError:
    kind, message = failure["kind"], " ".join(failure["message"].split())
    if kind == "store":
        return StoreError(
            f"version {version.number} cannot be opened: {message}",
            where=str(version.store),
            remedy="run `kamara rebuild`",
        )
    if kind == "syntax":
        return _syntax(message)
    if kind == "memory":
        return MemoryLimitError(
            "the query took more memory than it may (query.memory_mb)", remedy="ask for less at once"
        )
    if kind == "evaluation":
        return QueryError(_shortened(message), remedy="correct the query")
    return QueryError(f"the engine failed ({message})", remedy="simplify the query")


def _syntax(message: str) -> SyntaxRefusal:
    found = _AT.match(message)
    where = f"line {found[1]}, column {found[2]}" if found else ""
    rest = message[found.end() :] if found else message
    return SyntaxRefusal(_shortened(rest), where=where, remedy="correct the query there")


def _shortened(message: str) -> str:
    """The engine's message without the long list of characters that it could have taken as well."""
    return message if len(message) <= 240 else message[:240].rsplit(",", 1)[0] + ", ..."
