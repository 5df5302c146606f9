"""One worker process as its parent sees it: starts it, asks it, ends it, and says why it died."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Protocol, cast

from kamara.config import QuerySettings
from kamara.sparql.errors import GraphError, StoreError
from kamara.sparql.pool import failures, frames, sandbox
from kamara.sparql.pool.ceiling import WORKER_MB
from kamara.sparql.versions import Version

_REAP_SECONDS = 0.002


class Asker(Protocol):
    """Who has asked a worker. After `finished` or `failed` it is told nothing more."""

    deadline: float

    def opened(self) -> None:
        """The worker, which was still starting, begins with the question."""

    def arrived(self, piece: bytes) -> None:
        """A piece of the answer."""

    def finished(self, rows: int, piece: bytes) -> None:
        """The last piece (it may be empty)."""

    def failed(self, error: GraphError) -> None:
        """There is no more of it."""


class WorkerProcess(asyncio.Protocol):
    """A process that holds one version open. It holds the version's lease until it is gone.

    All of it happens in the event loop in which it was made.
    """

    def __init__(
        self,
        version: Version,
        limits: QuerySettings,
        lease: AbstractContextManager[object],
        gone: Callable[[WorkerProcess], None],
    ) -> None:
        """Start the process; it opens the store meanwhile. `gone` is called when it is no more."""
        self.version = version
        self.ready = False
        self._limits = limits
        self._lease = lease
        self._gone = gone
        self._asker: Asker | None = None
        self._stale = False
        self._ended = False
        self._paused = False
        self._parser = frames.Parser()
        self._transport: asyncio.Transport | None = None
        self._unsent = b""
        self._loop = asyncio.get_running_loop()
        lease.__enter__()
        ours, theirs = socket.socketpair()
        arguments = (str(version.store), str(limits.memory_mb), str(WORKER_MB))
        with theirs:
            # -P: no module of the current folder is taken for one of ours.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "kamara.sparql.pool.worker", *arguments],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=sandbox.environment(),
            )
        ours.settimeout(0)
        self._connecting = self._loop.create_task(self._loop.create_unix_connection(lambda: self, sock=ours))

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def usable(self) -> bool:
        """Whether it may be asked now."""
        return not self._ended and not self._stale and self._asker is None

    def ask(self, question: bytes, asker: Asker) -> None:
        """Ask it (JSON, see `question`); the asker is told what comes back, never before this returns."""
        self._asker = asker
        message = frames.pack(frames.QUESTION, question)
        if self._transport is None:
            self._unsent = message
        else:
            self._transport.write(message)

    def renice(self, level: int) -> None:
        """Let it give way to others, for good."""
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, level)

    def pause(self) -> None:
        """Take no more of the answer until `resume`."""
        if not self._paused and self._transport is not None:
            self._paused = True
            self._transport.pause_reading()

    def resume(self) -> None:
        """Take more of the answer."""
        if self._paused and self._transport is not None and not self._ended:
            self._paused = False
            self._transport.resume_reading()

    def end(self) -> None:
        """Kill the process. Who has asked it is told nothing more."""
        self._asker = None
        if not self._ended:
            self._ended = True
            self._process.kill()
            if self._transport is not None:
                self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is ours (asyncio)."""
        self._transport = cast(asyncio.Transport, transport)
        if self._ended:
            self._transport.abort()
        elif self._unsent:
            self._transport.write(self._unsent)
            self._unsent = b""

    def data_received(self, data: bytes) -> None:
        """Something came (asyncio)."""
        for kind, payload in self._parser.feed(data):
            self._received(kind, payload)

    def connection_lost(self, error: Exception | None) -> None:
        """The process ended or is about to (asyncio)."""
        self._reap()

    def _received(self, kind: bytes, payload: bytes) -> None:
        if kind == frames.READY:
            self.ready = True
            if self._asker is not None:
                self._asker.opened()
        elif self._asker is None:
            if kind == frames.FAILURE:
                self._stale = True
        elif kind == frames.DATA:
            self._asker.arrived(payload)
        elif kind == frames.END:
            asker, self._asker = self._asker, None
            rows, self._stale, piece = frames.unpack_end(payload)
            asker.finished(rows, piece)
        elif kind == frames.FAILURE:
            asker, self._asker = self._asker, None
            error = failures.told(payload, self.version, self._limits)
            self._stale = isinstance(error, StoreError) or json.loads(payload)["stale"]
            asker.failed(error)

    def _reap(self) -> None:
        code = self._process.poll()
        if code is None:
            self._loop.call_later(_REAP_SECONDS, self._reap)
            return
        self._ended = True
        self._lease.__exit__(None, None, None)
        asker, self._asker = self._asker, None
        if asker is not None:
            asker.failed(self._why(code, asker.deadline))
        self._gone(self)

    def _why(self, code: int, seconds: float) -> GraphError:
        if self.ready:
            return failures.died(code, self._limits, seconds)
        return failures.unopened(self.version, f"its worker ended with {code}")
