"""One clerk as the process that serves sees it: starts it, lends to it, takes back, and mends its end."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Protocol

from kamara.api.clerks import wire
from kamara.api.clerks.board import Board
from kamara.api.seen.clerknotes import ClerkNotes
from kamara.config import Settings
from kamara.sparql.pool import sandbox

_REAP_SECONDS = 0.002
# What a clerk needs not: sources have their own settings by the hundred, tokens are for who writes.
_NOT_FOR_CLERKS = {"sources", "write", "strategy", "fetch"}


class Lendable(Protocol):
    """A connection that can be lent."""

    @property
    def descriptor(self) -> int:
        """Of its socket."""

    def take_back(self, request: bytes, output: bytes) -> None:
        """It is ours again: with a request that came and is not answered, and what is still to be sent."""

    def drop(self) -> None:
        """Nobody can go on with it: end it where it stands."""


class Owner(Protocol):
    """Who employs a clerk."""

    def noted(self, notes: ClerkNotes) -> None:
        """It tells what it did."""

    def gone(self, clerk: ClerkProcess, requests: Sequence[bytes]) -> None:
        """It is no more. `requests`: what it was at, last the one that it evaluated; we answer them now."""


class ClerkProcess:
    """A clerk's process, and the connections that it has. All of it happens in one event loop."""

    def __init__(self, settings: Settings, owner: Owner) -> None:
        """Start it; it opens the store meanwhile."""
        self.ready = False
        self.lent: dict[int, Lendable] = {}
        self._owner = owner
        self._number = 0
        self._seen: float | None = None
        self._loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        descriptor = Board.create()
        self._board = Board(descriptor)
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "kamara.api.clerks.clerk", str(descriptor)],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=sandbox.environment(),
                    pass_fds=(descriptor,),
                )
        except OSError:
            ours.close()
            self._board.close()
            raise
        finally:
            os.close(descriptor)
        self._control = ours
        given = settings.model_dump_json(exclude=_NOT_FOR_CLERKS).encode()
        ours.sendall(wire.pack(wire.SETTINGS, 0, given))
        ours.settimeout(0)
        self._loop.add_reader(ours.fileno(), self._receive)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def lend(self, connection: Lendable) -> bool:
        """Lend it a connection; False when it cannot take it now."""
        self._number += 1
        packet = wire.pack(wire.LEND, self._number)
        try:
            socket.send_fds(self._control, [packet], [connection.descriptor])
        except OSError:
            return False
        self.lent[self._number] = connection
        return True

    def tell_light(self, shapes: Iterable[bytes]) -> bool:
        """Tell it shapes whose queries are light; False when it cannot listen now."""
        return self._tell(wire.LIGHT, b"".join(shapes))

    def tell_heavy(self, shape: bytes) -> None:
        """Tell it of one whose queries are not."""
        if not self._tell(wire.HEAVY, shape):
            self.end()

    def recall(self) -> None:
        """Let it give everything back and end."""
        if not self._tell(wire.END):
            self.end()

    def watch(self, most_seconds: float) -> None:
        """Kill it if it has been at one request for longer. To be asked again and again."""
        since = self._board.look().since
        # Seen twice: a moment that was read while it was written is no moment.
        if since is not None and since == self._seen and time.monotonic() - since > most_seconds:
            self.end()
        self._seen = since

    def end(self) -> None:
        """Kill it. What it had comes back once it is gone."""
        self._process.kill()

    def _tell(self, kind: bytes, payload: bytes = b"") -> bool:
        try:
            self._control.send(wire.pack(kind, 0, payload))
        except OSError:
            return False
        return True

    def _receive(self) -> None:
        while True:
            try:
                packet = self._control.recv(wire.LARGEST)
            except BlockingIOError:
                return
            except OSError:
                packet = b""
            if not packet:
                self._loop.remove_reader(self._control.fileno())
                self._control.close()
                self._reap()
                return
            self._received(*wire.unpack(packet))

    def _received(self, kind: bytes, number: int, payload: bytes) -> None:
        if kind == wire.READY:
            self.ready = True
        elif kind == wire.NOTES:
            self._owner.noted(ClerkNotes.unpack(payload))
        elif kind == wire.GONE:
            self.lent.pop(number).drop()
        elif kind == wire.OUTPUT:
            self.lent.pop(number).take_back(b"", payload)
        else:
            self.lent.pop(number).take_back(payload, b"")

    def _reap(self) -> None:
        """What it had comes back when it is gone for sure: till then it could read from a connection."""
        if self._process.poll() is None:
            self._process.kill()
            self._loop.call_later(_REAP_SECONDS, self._reap)
            return
        look, lent = self._board.look(), self.lent
        self.lent = {}
        self._board.close()
        self._owner.gone(self, [*look.waiting.values()] if look.since is not None else [])
        for number, connection in lent.items():
            with suppress(OSError):
                # What it may have begun to write cannot be taken back, nor be gone on with.
                if number in look.writing:
                    connection.drop()
                else:
                    connection.take_back(look.waiting.get(number, b""), b"")
