"""Status and headers of an answer before its coding is known."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import Message

from kamara.api.gateway import crossorigin
from kamara.api.gateway.conditions import matches, tag_in, weak
from kamara.api.gateway.encodings import Coding, is_compressible
from kamara.api.gateway.held import Header
from kamara.api.gateway.wish import Wish

# Under this many bytes, headers and the client's own work outweigh what a smaller body saves.
WORTH_IT = 1024
_OF_CODING = frozenset({b"content-length", b"etag", b"vary"})
_BY_CODING = b"accept-encoding"


@dataclass(frozen=True, slots=True)
class Head:
    """What the message `http.response.start` says; `headers` without length and entity tag."""

    status: int
    headers: list[Header]
    tag: str | None
    length: int | None
    is_open: bool
    is_compressible: bool
    control: bytes = b""
    version: bytes | None = None

    @classmethod
    def of(cls, message: Message) -> Head:
        """Take the message apart."""
        given = [(name.lower(), value) for name, value in message["headers"]]
        known = dict(given)
        control, length, tag = (
            known.get(b"cache-control", b""),
            known.get(b"content-length"),
            known.get(b"etag"),
        )
        is_open = (
            b"content-encoding" not in known
            and b"no-transform" not in (control or b"")
            and message["status"] != 206
        )
        headers = [*(header for header in given if header[0] not in _OF_CODING), *crossorigin.HEADERS]
        varies = varying(known.get(b"vary", b"")) if is_open else known.get(b"vary", b"")
        if varies:
            headers.append((b"vary", varies))
        return cls(
            message["status"],
            headers,
            None if tag is None else tag.decode("latin-1"),
            None if length is None else int(length),
            is_open,
            is_compressible(known.get(b"content-type", b"").decode("latin-1")),
            control or b"",
            known.get(b"kamara-version"),
        )

    def coding(self, wish: Wish, size: int | None) -> Coding:
        """The coding for a body of this size (None: unknown, it is sent as it comes)."""
        return coding_for(wish, size, compressible=self.is_compressible) if self.is_open else "identity"

    def streamed(self, coding: Coding) -> list[Header]:
        """Headers of an answer that is sent as it comes."""
        found, tag = list(self.headers), self.streamed_tag(coding)
        if tag is not None:
            found.append((b"etag", tag_in(tag, coding).encode("latin-1")))
        if coding != "identity":
            found.append((b"content-encoding", coding.encode()))
        elif self.length is not None:
            found.append((b"content-length", b"%d" % self.length))
        return found

    def streamed_tag(self, coding: Coding) -> str | None:
        """The tag before coding; weak in a coding: what is cut into other pieces becomes other bytes."""
        return self.tag if self.tag is None or coding == "identity" else weak(self.tag)

    def unchanged(self, wish: Wish) -> list[Header]:
        """Headers of a 304, with the tag of the coding in which the client holds the answer.

        A client that only named a date gets none: in which coding it would be sent now is not known.
        """
        if self.tag is None or not wish.tags:
            return self.headers
        in_coding = tag_in(self.tag, wish.codings[0])
        tag = in_coding if matches(in_coding, wish.tags) else self.tag
        return [*self.headers, (b"etag", tag.encode("latin-1"))]


def coding_for(wish: Wish, size: int | None, *, compressible: bool) -> Coding:
    """The coding for a body of this size; what would hardly become smaller is sent as it is, if it may be."""
    codings = wish.codings
    if size == 0:
        return "identity"
    worth_it = compressible and (size is None or size >= WORTH_IT)
    return "identity" if not worth_it and "identity" in codings else codings[0]


def varying(vary: bytes) -> bytes:
    """The value of Vary once the answer also depends on Accept-Encoding."""
    if not vary:
        return b"Accept-Encoding"
    return vary if vary == b"*" or _BY_CODING in vary.lower() else vary + b", Accept-Encoding"
