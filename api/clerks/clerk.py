"""A clerk: a process that answers light queries at connections that are lent to it.

Started as `python -m kamara.api.clerks.clerk BOARD` (a descriptor) with a socket as its standard input. It
opens the published version, has no network of its own, and may be killed any time: what it was at stands on
its board. It ends when another version is published, when it has grown, or when nobody has needed it for a
minute.
"""

from __future__ import annotations

import json
import select
import signal
import socket
import sys
import time
from dataclasses import dataclass
from email.utils import formatdate
from typing import Any

from pyoxigraph import Store

from kamara.api.clerks import wire
from kamara.api.clerks.board import LARGEST_REQUEST, SLOTS, Board
from kamara.api.clerks.kept import Kept
from kamara.api.clerks.limits import CACHE_BYTES
from kamara.api.clerks.reply import Replier
from kamara.api.gateway.held import HIT, MISS
from kamara.api.seen.clerknotes import ClerkNotes, Done
from kamara.config import Settings
from kamara.sparql.pool import sandbox
from kamara.sparql.pool.ceiling import CLERK_MB, WORKER_MB
from kamara.sparql.versions import Version, Versions

_TELL_SECONDS = 0.5
_IDLE_SECONDS = 1.0
_NEEDED_SECONDS = 60.0
# Of what a clerk may take, what it takes when it has grown: the rest is for the query that it is at.
_LIMIT = (WORKER_MB + CLERK_MB) << 20
_GROWN = _LIMIT - (24 << 20)
# Looking costs 10 to 20 microseconds.
_LOOK_EACH = 64
_HIT, _MISS = (b"%b: %b\r\n\r\n" % header for header in (*HIT, *MISS))
# What was asked in the same moment is answered together, unless the first would wait for long.
_TOGETHER_SECONDS = 0.003
_STATUS = b"HTTP/1.1 200 OK\r\ndate: "


@dataclass(slots=True)
class _Lent:
    """A connection that is here, and when it was last used."""

    number: int
    socket: socket.socket
    used: float


class Clerk:
    """Serves the connections that are lent to it, one request at a time."""

    def __init__(
        self, control: socket.socket, board: Board, settings: Settings, versions: Versions, version: Version
    ) -> None:
        self._control = control
        self._board = board
        self._versions = versions
        self._version = version
        store = Store.read_only(str(version.store))
        store.query("ASK { ?s ?p ?o }")
        self._light: set[bytes] = set()
        self._replier = Replier(settings, version, store, self._light)
        self._kept = Kept(CACHE_BYTES)
        self._lent: dict[int, _Lent] = {}
        self._poll = select.epoll()
        self._ending = False
        self._hits = self._hit_bytes = 0
        self._answers: list[tuple[_Lent, bytes]] = []
        self._done: list[Done] = []
        self._polled = self._told = self._needed = time.monotonic()
        self._second, self._date = 0, b""

    def run(self) -> None:
        """Serve until there is a reason to end; everything goes back then."""
        self._poll.register(self._control.fileno(), select.EPOLLIN)
        self._send_packet(wire.READY)
        while not self._ending:
            for descriptor, _ in self._poll.poll(_TELL_SECONDS):
                lent = self._lent.get(descriptor)
                if lent is not None:
                    self._serve(lent)
                elif descriptor == self._control.fileno():
                    self._obey()
            self._send_answers()
            now = self._polled
            if now - self._told >= _TELL_SECONDS:
                self._told = now
                self._look_around(now)
        self._tell()
        for lent in list(self._lent.values()):
            self._give(lent, wire.IDLE)

    def _obey(self) -> None:
        packet, descriptors, _, _ = socket.recv_fds(self._control, wire.LARGEST, 1)
        if not packet:
            raise SystemExit
        kind, number, payload = wire.unpack(packet)
        if kind == wire.LEND:
            self._take(number, descriptors[0])
        elif kind == wire.LIGHT:
            size = wire.SHAPE_BYTES
            self._light.update(payload[at : at + size] for at in range(0, len(payload), size))
        elif kind == wire.HEAVY:
            self._light.discard(payload)
        elif kind == wire.END:
            self._ending = True

    def _take(self, number: int, descriptor: int) -> None:
        lent = _Lent(number, socket.socket(fileno=descriptor), time.monotonic())
        self._lent[descriptor] = lent
        self._poll.register(descriptor, select.EPOLLIN)

    def _give(self, lent: _Lent, kind: bytes, payload: bytes = b"") -> None:
        descriptor = lent.socket.fileno()
        del self._lent[descriptor]
        self._poll.unregister(descriptor)
        lent.socket.close()
        self._send_packet(kind, lent.number, payload)

    def _serve(self, lent: _Lent) -> None:
        try:
            data = lent.socket.recv(LARGEST_REQUEST)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._give(lent, wire.GONE)
        elif self._versions.current() is not self._version:
            self._give(lent, wire.REQUEST, data)
            self._ending = True
        else:
            self._answer(lent, data)

    def _answer(self, lent: _Lent, data: bytes) -> None:
        slot = len(self._answers)
        lent.used = time.monotonic()
        self._board.begin(slot, lent.number, data, lent.used)
        answer = self._kept.find(data)
        if answer is not None:
            self._hits += 1
            self._hit_bytes += len(answer) - answer.index(b"\r\n\r\n") - 4
        else:
            answer = self._made(data)
        if answer is None:
            self._board.end(slot)
            self._give(lent, wire.REQUEST, data)
            return
        self._answers.append((lent, answer))
        if len(self._answers) == SLOTS or time.monotonic() - self._polled > _TOGETHER_SECONDS:
            self._send_answers()

    def _made(self, data: bytes) -> bytes | None:
        reply = self._replier.reply(data)
        if reply is None:
            return None
        self._kept.keep(data, b"".join((reply.head, _HIT, reply.body)))
        self._done.append(reply.done)
        if len(self._done) % _LOOK_EACH == 0 and sandbox.data_bytes() > _GROWN:
            self._ending = True
        return b"".join((reply.head, _MISS, reply.body))

    def _send_answers(self) -> None:
        """Send what was made: each time a client is woken the machine is left, and comes back cold."""
        self._board.rest()
        for slot, (lent, answer) in enumerate(self._answers):
            self._board.write(slot)
            self._send(lent, answer)
            self._board.end(slot)
        self._answers.clear()
        self._polled = time.monotonic()

    def _send(self, lent: _Lent, answer: bytes) -> None:
        second = int(time.time())
        if second != self._second:
            self._second, self._date = second, formatdate(second, usegmt=True).encode() + b"\r\n"
        whole = b"".join((_STATUS, self._date, answer))
        try:
            sent = lent.socket.send(whole)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._give(lent, wire.GONE)
            return
        if sent < len(whole):
            self._give(lent, wire.OUTPUT, whole[sent:])

    def _look_around(self, now: float) -> None:
        """Tell what was done, give back what nobody uses, and see whether to go on."""
        self._tell()
        if self._lent:
            self._needed = now
        for lent in [one for one in self._lent.values() if now - one.used > _IDLE_SECONDS]:
            self._give(lent, wire.IDLE)
        outdated = self._versions.current() is not self._version
        self._ending = self._ending or outdated or now - self._needed > _NEEDED_SECONDS

    def _tell(self) -> None:
        while self._hits or self._done:
            done, self._done = self._done[:500], self._done[500:]
            notes = ClerkNotes(self._hits, self._hit_bytes, done).pack()
            self._hits = self._hit_bytes = 0
            self._send_packet(wire.NOTES, 0, notes)

    def _send_packet(self, kind: bytes, number: int = 0, payload: bytes = b"") -> None:
        self._control.sendall(wire.pack(kind, number, payload))


def main(board: int) -> None:
    """Serve until the other side is gone, or there is a reason to end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sandbox.prepare_process()
    control = socket.socket(fileno=0)
    kind, _, payload = wire.unpack(control.recv(wire.LARGEST))
    assert kind == wire.SETTINGS
    given: dict[str, Any] = json.loads(payload)
    settings = Settings(**given)
    versions = Versions(settings)
    version = versions.current()
    if version is None:
        return
    with versions.lease(version):
        clerk = Clerk(control, Board(board), settings, versions, version)
        sandbox.deny_network()
        sandbox.limit_data(_LIMIT)
        clerk.run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
