"""An application's answer on its way out: put into a content coding, and kept where that may be."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.types import Message, Send

from kamara.api.gateway.encodings import Coding, Encoder, encoded, encoder
from kamara.api.gateway.head import Head
from kamara.api.gateway.held import HIT, MISS, Header, Held, Packed
from kamara.api.gateway.wish import Wish

Keep = Callable[[Head, Held, Packed], None]
"""Takes an answer that was whole, to keep it."""

# Longer pieces are packed beside the event loop: it has others to serve.
_IN_PLACE = 32768
_BODILESS = frozenset({204, 304})


async def pack(body: bytes, coding: Coding) -> bytes:
    """A whole body in a coding; a long one is packed in a thread."""
    if coding == "identity" or len(body) <= _IN_PLACE:
        return encoded(body, coding)
    return await asyncio.get_running_loop().run_in_executor(None, encoded, body, coding)


class Outgoing:
    """In the place of `send` (ASGI) for an application that knows nothing of codings.

    An answer that ends before its last message stays without an end, so that the client sees it.
    """

    def __init__(self, wish: Wish, send: Send, largest: int) -> None:
        """`keep`, once it is set, is told of a whole answer whose body is not longer than `largest` bytes."""
        self._wish = wish
        self._send = send
        self.keep: Keep | None = None
        self._largest = largest
        self._head: Head | None = None
        self._stream: _Stream | None = None
        self._begun = False

    @property
    def has_begun(self) -> bool:
        """Whether the client has got anything."""
        return self._begun

    def start(self, head: Head) -> None:
        """Take status and headers; they leave with the first piece."""
        self._head = head

    async def unchanged(self, head: Head) -> None:
        """The client holds it already: answer 304."""
        await self._without_body(304, head.unchanged(self._wish))

    async def again(self, packed: Packed) -> None:
        """Send an answer that was kept."""
        self._begun = True
        await packed.send(self._wish, self._send, HIT)

    async def __call__(self, message: Message) -> None:
        """Take the application's next message."""
        if message["type"] == "http.response.start":
            self.start(Head.of(message))
        elif message["type"] != "http.response.body" or self._head is None:
            await self._send(message)
        elif self._stream is not None:
            await self._piece(self._head, self._stream, message)
        elif message.get("more_body", False):
            await self._begin(self._head, message)
        else:
            await self._whole(self._head, message.get("body", b""))

    async def _whole(self, head: Head, body: bytes) -> None:
        if head.status in _BODILESS:
            headers = head.unchanged(self._wish) if head.status == 304 else head.headers
            await self._without_body(head.status, headers)
        elif self._wish.method == "HEAD" and not body:
            await self._without_body(head.status, head.streamed(head.coding(self._wish, head.length)))
        else:
            coding = head.coding(self._wish, len(body))
            held = Held(head.status, head.headers, head.tag, body)
            packed = held.packed(coding, await pack(body, coding))
            self._begun = True
            await packed.send(self._wish, self._send, MISS if self.keep else ())
            if self.keep and len(body) <= self._largest:
                self.keep(head, held, packed)

    async def _without_body(self, status: int, headers: list[Header]) -> None:
        self._begun = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})
        await self._send({"type": "http.response.body", "body": b""})

    async def _begin(self, head: Head, message: Message) -> None:
        self._stream = _Stream(head.coding(self._wish, head.length), self._largest if self.keep else 0)
        headers = [*head.streamed(self._stream.coding), *(MISS if self.keep else ())]
        self._begun = True
        await self._send({"type": "http.response.start", "status": head.status, "headers": headers})
        await self._piece(head, self._stream, message)

    async def _piece(self, head: Head, stream: _Stream, message: Message) -> None:
        more = message.get("more_body", False)
        piece = await stream.take(message.get("body", b""))
        if not more:
            piece += stream.finish()
        if piece or not more:
            await self._send({"type": "http.response.body", "body": piece, "more_body": more})
        if not more and self.keep and stream.is_whole:
            held = Held(head.status, head.headers, head.streamed_tag(stream.coding), stream.body)
            packed = held.packed(stream.coding, await pack(held.body, stream.coding))
            self.keep(head, held, packed)


class _Stream:
    """An answer that is sent as it comes; as much of it is held as `most` bytes."""

    def __init__(self, coding: Coding, most: int) -> None:
        self.coding: Coding = coding
        self.is_whole = most > 0
        self._encoder: Encoder | None = None if coding == "identity" else encoder(coding)
        self._most = most
        self._size = 0
        self._held: list[bytes] = []

    @property
    def body(self) -> bytes:
        """All of it, without coding, when `is_whole`."""
        return b"".join(self._held)

    async def take(self, piece: bytes) -> bytes:
        """The next piece, as it may be sent."""
        self._size += len(piece)
        if self._size > self._most:
            self.is_whole = False
            self._held.clear()
        elif piece:
            self._held.append(piece)
        if self._encoder is None or not piece:
            return piece
        if len(piece) <= _IN_PLACE:
            return self._encoder.encode(piece)
        return await asyncio.get_running_loop().run_in_executor(None, self._encoder.encode, piece)

    def finish(self) -> bytes:
        """What the coding ends with."""
        return b"" if self._encoder is None else self._encoder.finish()
