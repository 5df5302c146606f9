"""Around the whole application: each exchange is counted and, when it asked a query, written down."""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kamara.api.seen.metrics import Metrics
from kamara.api.seen.note import begin
from kamara.api.seen.scribe import Scribe

# What a client that left before anything was sent is counted under.
_LEFT = 499
_CACHE = {(b"kamara-cache", b"hit"): "hit", (b"kamara-cache", b"miss"): "miss"}


class Exchange:
    """In the place of `send` (ASGI): sees what passes."""

    __slots__ = ("_send", "began", "bytes", "cache", "status", "whole")

    def __init__(self, send: Send) -> None:
        self._send = send
        self.began = perf_counter()
        self.status = _LEFT
        self.bytes = 0
        self.whole = False
        self.cache = ""

    async def __call__(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            # The gateway's header is the last one.
            self.cache = _CACHE.get(tuple(message["headers"][-1]), "") if message["headers"] else ""
        await self._send(message)
        if message["type"] == "http.response.body":
            self.bytes += len(message.get("body", b""))
            self.whole = not message.get("more_body", False)

    @property
    def seconds(self) -> float:
        """Since the request came."""
        return perf_counter() - self.began


class Exchanges:
    """An application, seen from outside."""

    def __init__(self, application: ASGIApp, metrics: Metrics, scribe: Scribe | None) -> None:
        """Without a scribe nothing is written down."""
        self.metrics = metrics
        self._application = application
        self._scribe = scribe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer (ASGI)."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        note, exchange = begin(scope), Exchange(send)
        try:
            await self._application(scope, receive, exchange)
        finally:
            self.metrics.exchanged(exchange.status, exchange.bytes, exchange.cache, exchange.seconds)
            if self._scribe is not None and note.asks and exchange.cache != "hit":
                self._scribe.write(note, exchange, datetime.now(UTC))
