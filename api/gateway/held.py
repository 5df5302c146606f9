"""A whole answer, and what it is in one content coding, ready to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.types import Send

from kamara.api.gateway.conditions import is_since, matches, tag_in
from kamara.api.gateway.encodings import Coding
from kamara.api.gateway.wish import Wish

Header = tuple[bytes, bytes]

HIT: tuple[Header, ...] = ((b"kamara-cache", b"hit"),)
MISS: tuple[Header, ...] = ((b"kamara-cache", b"miss"),)

# A 304 repeats what a cache would use, and nothing that speaks of the body (RFC 9110, section 15.4.5).
_OF_BODY = frozenset({b"content-type", b"content-language"})


@dataclass(frozen=True, slots=True)
class Packed:
    """An answer in one coding. `headers` and `unchanged` (those of a 304) are whole but for Kamara-Cache."""

    status: int
    coding: Coding
    tag: str | None
    body: bytes
    headers: Sequence[Header]
    unchanged: Sequence[Header]

    async def send(self, wish: Wish, send: Send, origin: Sequence[Header]) -> None:
        """Answer `wish`: 304 when the client holds it, no body for HEAD. `origin`: HIT, MISS or nothing."""
        if wish.is_conditional and self.status == 200 and self._is_fresh(wish):
            headers = [*self.unchanged, *origin]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        headers = [*self.headers, *origin]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if wish.method == "HEAD" else self.body})

    def _is_fresh(self, wish: Wish) -> bool:
        """Whether the client holds it. Tags go before dates (RFC 9110, section 13.2.2)."""
        if b"if-none-match" in wish.headers:
            return self.tag is not None and matches(self.tag, wish.tags)
        modified = dict(self.headers).get(b"last-modified")
        return modified is not None and is_since(modified.decode("latin-1"), wish.text(b"if-modified-since"))


@dataclass(frozen=True, slots=True)
class Held:
    """An answer without coding. None of `headers` speaks of its length, coding or entity tag."""

    status: int
    headers: Sequence[Header]
    tag: str | None
    body: bytes

    def packed(self, coding: Coding, body: bytes) -> Packed:
        """The answer in a coding; `body` is its body in that coding."""
        common, tag = list(self.headers), self.tag
        if tag is not None:
            tag = tag_in(tag, coding)
            common.append((b"etag", tag.encode("latin-1")))
        unchanged = [header for header in common if header[0] not in _OF_BODY]
        if coding != "identity":
            common.append((b"content-encoding", coding.encode()))
        return Packed(
            self.status, coding, tag, body, [*common, (b"content-length", b"%d" % len(body))], unchanged
        )
