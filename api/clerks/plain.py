"""Requests that a clerk may answer: a GET of `/sparql` that asks for a table, and nothing that is seldom.

What is not plain goes to the process that serves, byte by byte as it came. So this reading may refuse
whatever it likes, but what it takes it must read as that process does.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterable
from typing import NamedTuple

from kamara.api.gateway.wish import Wish

_PATH = b"/sparql"
# `query` alone: no other parameter, no fragment. Each header on one line (RFC 9112, section 5).
_REQUEST = re.compile(
    rb"GET /sparql\?query=([!-\"$%'-~]++) HTTP/1\.1\r\n"
    rb"((?:[!#$%&'*+\-.^_`|~0-9A-Za-z]++:[\t\x20-\x7e\x80-\xff]*+\r\n)++)\r\n"
)
_SELDOM = frozenset(
    {
        b"authorization",
        b"content-length",
        b"content-type",
        b"expect",
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-range",
        b"if-unmodified-since",
        b"prefer",
        b"proxy-connection",
        b"range",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_NO_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_MOST_HEADS = 256

Pair = tuple[bytes, bytes]


class PlainRequest(NamedTuple):
    """The query that it asks, and the headers that choose how it is answered."""

    text: str
    wish: Wish


class PlainReader:
    """Reads plain requests. A client's headers are the same each time: they are taken apart once."""

    def __init__(self) -> None:
        self._heads: dict[bytes, Wish | None] = {}

    def read(self, data: bytes) -> PlainRequest | None:
        """The request, if these bytes are a whole one and no more, and it is plain."""
        found = _REQUEST.fullmatch(data)
        if found is None:
            return None
        wish = self._wish(found[2])
        if wish is None:
            return None
        value = unquoted(found[1])
        try:
            return None if value is None else PlainRequest(value.decode("utf-8"), wish)
        except UnicodeDecodeError:
            return None

    def _wish(self, head: bytes) -> Wish | None:
        if head not in self._heads:
            if len(self._heads) >= _MOST_HEADS:
                self._heads.clear()
            lines = (line.partition(b":") for line in head.split(b"\r\n")[:-1])
            self._heads[head] = _wish([(name.lower(), value.strip(b" \t")) for name, _, value in lines])
        return self._heads[head]


def unquoted(value: bytes) -> bytes | None:
    """A value of a form without its percent-encoding; None where a `%` begins no escape.

    The escapes of quoted-printable (RFC 2045, section 6.7) are the same but for their sign, and the standard
    library reads those in C, fifteen times as fast.
    """
    if _NO_ESCAPE.search(value):
        return None
    return a2b_qp(value.replace(b"=", b"=3D").replace(b"%", b"=").replace(b"+", b" "))


def is_plain(method: str, path: bytes, query: bytes, headers: Iterable[Pair]) -> bool:
    """Whether the next request of a client that sent this one is worth a clerk's look."""
    asks = method == "GET" and path == _PATH and query.startswith(b"query=") and b"&" not in query
    return asks and _wish(list(headers)) is not None


def _wish(headers: list[Pair]) -> Wish | None:
    names = {name for name, _ in headers}
    if not names.isdisjoint(_SELDOM):
        return None
    if any(name == b"connection" and value.lower() != b"keep-alive" for name, value in headers):
        return None
    wish = Wish.of({"method": "GET", "raw_path": _PATH, "query_string": b"", "headers": headers})
    return wish if wish.codings else None
