"""A client that is quicker than the servers that it measures: one thread, bare sockets, epoll, no parsing.

python -m bench.httpclient PORT SECONDS CONNECTIONS < requests    prints latencies as JSON

Standard input holds whole requests, each preceded by its length (4 bytes). They are sent in turn, over and
over. An answer other than 200 counts as refused; its connection waits as long as `Retry-After` says.
"""

from __future__ import annotations

import heapq
import json
import re
import selectors
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_RETRY = re.compile(rb"\r\nretry-after: (\d+)", re.IGNORECASE)
_END = b"\r\n0\r\n\r\n"
_PIECE = 1 << 18


@dataclass(frozen=True)
class Measured:
    """What the client saw: seconds of each answer, answers other than 200, answers that broke off."""

    seconds: float
    latencies: Sequence[float]
    refused: int
    broken: int

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    @property
    def p95(self) -> float:
        """Seconds that 95 of 100 answers did not need longer than."""
        ordered = sorted(self.latencies)
        return ordered[int(len(ordered) * 0.95)] if ordered else float("inf")


def ask(port: int, requests: Sequence[bytes], seconds: float, connections: int) -> Measured:
    """Ask in a process of its own for so many seconds."""
    with asking(port, requests, seconds, connections) as client:
        output, _ = client.communicate()
    return Measured(**json.loads(output))


@contextmanager
def asking(
    port: int, requests: Sequence[bytes], seconds: float, connections: int
) -> Iterator[subprocess.Popen[bytes]]:
    """The same while the context lasts; it is killed after it."""
    command = [sys.executable, "-m", "bench.httpclient", str(port), str(seconds), str(connections)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as client:
        assert client.stdin is not None
        client.stdin.write(b"".join(struct.pack("!I", len(one)) + one for one in requests))
        client.stdin.close()
        client.stdin = None
        try:
            yield client
        finally:
            client.kill()


class _Client:
    def __init__(self, port: int, requests: Sequence[bytes]) -> None:
        self._port = port
        self._requests = cycle(requests)
        self._selector = selectors.DefaultSelector()
        self._later: list[tuple[float, int]] = []
        self.latencies: list[float] = []
        self.refused = self.broken = 0

    def run(self, seconds: float, connections: int) -> None:
        """Ask until the time is over."""
        for number in range(connections):
            heapq.heappush(self._later, (0.0, number))
        end = time.perf_counter() + seconds
        while (now := time.perf_counter()) < end:
            while self._later and self._later[0][0] <= now:
                heapq.heappop(self._later)
                self._connect()
            for key, _ in self._selector.select(0.05 if self._later else min(1.0, end - now)):
                self._receive(key.data)

    def _connect(self) -> None:
        connection = _Connection(socket.create_connection(("127.0.0.1", self._port)))
        self._selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(next(self._requests))

    def _receive(self, connection: _Connection) -> None:
        try:
            piece = connection.socket.recv(_PIECE)
        except OSError:
            piece = b""
        if not piece:
            self.broken += 1
            self._leave(connection, 0.2)
            return
        connection.held += piece
        if not connection.is_whole():
            return
        held = bytes(connection.held)
        if not held.startswith(b"HTTP/1.1 200"):
            self.refused += 1
            wait = _RETRY.search(held)
            self._leave(connection, float(wait[1]) if wait else 1.0)
            return
        self.latencies.append(time.perf_counter() - connection.asked)
        connection.send(next(self._requests))

    def _leave(self, connection: _Connection, wait: float) -> None:
        self._selector.unregister(connection.socket)
        connection.socket.close()
        heapq.heappush(self._later, (time.perf_counter() + wait, id(connection)))


class _Connection:
    def __init__(self, opened: socket.socket) -> None:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket = opened
        self.held = bytearray()
        self.asked = 0.0

    def send(self, request: bytes) -> None:
        self.held = bytearray()
        self.asked = time.perf_counter()
        self.socket.sendall(request)

    def is_whole(self) -> bool:
        head = self.held.find(b"\r\n\r\n")
        if head < 0:
            return False
        length = _LENGTH.search(self.held, 0, head + 2)
        return len(self.held) >= head + 4 + int(length[1]) if length else self.held.endswith(_END)


def _read(data: bytes) -> list[bytes]:
    requests, at = [], 0
    while at < len(data):
        (size,) = struct.unpack_from("!I", data, at)
        requests.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return requests


def main(port: int, seconds: float, connections: int) -> None:
    """Measure and print."""
    client = _Client(port, _read(sys.stdin.buffer.read()))
    client.run(seconds, connections)
    told = {"latencies": client.latencies, "refused": client.refused, "broken": client.broken}
    print(json.dumps({"seconds": seconds, **told}))


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
