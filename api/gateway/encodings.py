"""Content codings of answers: which one a client likes (RFC 9110, section 12.5.3), and how a body gets it."""

from __future__ import annotations

import zlib
from functools import lru_cache
from typing import Literal, Protocol

import zstandard

from kamara.api.negotiation import quality

Coding = Literal["identity", "gzip", "zstd"]

CODINGS: tuple[Coding, ...] = ("zstd", "gzip")
"""Those that are offered besides `identity`, the server's favourite first."""

_ALIASES = {"x-gzip": "gzip"}
# Less than any weight that a client can write.
_UNNAMED = 1e-6
_GZIP = zlib.MAX_WBITS | 16
_GZIP_LEVEL, _ZSTD_LEVEL = 5, 3
_COMPRESSIBLE = ("text/", "application/sparql-", "application/n-", "application/trig", "application/x-turtle")
_COMPRESSIBLE_NAMES = frozenset(
    {"application/json", "application/xml", "application/javascript", "application/yaml"}
)
_COMPRESSIBLE_SUFFIXES = ("+json", "+xml", "+yaml")


class Encoder(Protocol):
    """Takes a body piece by piece."""

    def encode(self, piece: bytes) -> bytes:
        """All that may be sent once this piece is known, so that a slow answer is seen to flow."""

    def finish(self) -> bytes:
        """The rest."""


@lru_cache(maxsize=512)
def acceptable(accept_encoding: str | None) -> tuple[Coding, ...]:
    """The codings that a client takes, the best first; none at all when it refuses even `identity` (406).

    Of equal ones the server's favourite comes first; `identity` that is not named comes last. Without the
    header nothing is encoded.
    """
    if accept_encoding is None:
        return ("identity",)
    wishes = _wishes(accept_encoding)
    rest = wishes.get("*")
    qualities: dict[Coding, float] = {coding: wishes.get(coding, rest or 0.0) for coding in CODINGS}
    qualities["identity"] = wishes.get("identity", _UNNAMED if rest is None else rest)
    taken = [coding for coding, quality in qualities.items() if quality > 0]
    return tuple(sorted(taken, key=lambda coding: -qualities[coding]))


def is_compressible(content_type: str) -> bool:
    """Whether a body of this type becomes smaller."""
    media_type = content_type.partition(";")[0].strip().lower()
    return (
        media_type.startswith(_COMPRESSIBLE)
        or media_type in _COMPRESSIBLE_NAMES
        or media_type.endswith(_COMPRESSIBLE_SUFFIXES)
    )


def encoder(coding: Coding) -> Encoder:
    """A new encoder of `gzip` or `zstd`."""
    return _Gzip() if coding == "gzip" else _Zstd()


def encoded(body: bytes, coding: Coding) -> bytes:
    """A whole body in a coding."""
    if coding == "identity":
        return body
    if coding == "zstd":
        return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(body)
    packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP)
    return packer.compress(body) + packer.flush()


class _Gzip:
    def __init__(self) -> None:
        self._packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP)

    def encode(self, piece: bytes) -> bytes:
        return self._packer.compress(piece) + self._packer.flush(zlib.Z_SYNC_FLUSH)

    def finish(self) -> bytes:
        return self._packer.flush()


class _Zstd:
    def __init__(self) -> None:
        self._packer = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compressobj()

    def encode(self, piece: bytes) -> bytes:
        return self._packer.compress(piece) + self._packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def finish(self) -> bytes:
        return self._packer.flush()


def _wishes(accept_encoding: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for wish in accept_encoding.split(","):
        name, _, parameters = wish.partition(";")
        coding = name.strip().lower()
        weight = quality(parameters)
        if coding and weight is not None:
            found[_ALIASES.get(coding, coding)] = weight
    return found
