"""Packed bytes to plain ones, in constant memory, never more than the limits."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard

from kamara.config import FetchSettings
from kamara.loaders.errors import ArchiveError

# Small, since what a block of zstd unpacks to has no limit of its own: 1 KiB gives 32 MiB at most.
_BLOCK = 1 << 10
_FREE = 1 << 20


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class Allowance:
    """What one file or archive may still unpack to. `packed` is its size in bytes."""

    def __init__(self, limits: FetchSettings, packed: int, where: str) -> None:
        self._rest = limits.unpacked_mb << 20
        self._by_ratio = packed * limits.max_ratio + _FREE
        self._limits = limits
        self._where = where

    def spend(self, size: int) -> None:
        """Take so many plain bytes. Raises ArchiveError when that is more than allowed."""
        self._rest -= size
        self._by_ratio -= size
        if self._rest < 0:
            limit = f"more than {self._limits.unpacked_mb} MiB (fetch.unpacked_mb)"
        elif self._by_ratio < 0:
            limit = f"more than {self._limits.max_ratio} times its size (fetch.max_ratio)"
        else:
            return
        raise ArchiveError(
            f"unpacks to {limit}", where=self._where, remedy="if it is sound, raise the limit in kamara.toml"
        )


def unpack(packed: Path, coding: str, target: Path, allowance: Allowance, where: str) -> None:
    """Unpack a file in coding `gzip` or `zstd` to `target`. Raises ArchiveError when it is cut or broken."""
    with packed.open("rb") as source, target.open("wb") as plain:
        for block in _plain(source, coding, where):
            allowance.spend(len(block))
            plain.write(block)


def _plain(source: BinaryIO, coding: str, where: str) -> Iterator[bytes]:
    """The plain bytes of all members (frames) that follow each other in `source`."""
    data = source.read(_BLOCK)
    while data:
        decoder = _decoder(coding)
        while data and not decoder.eof:
            try:
                yield decoder.decompress(data)
            except (zlib.error, zstandard.ZstdError) as error:
                raise ArchiveError(
                    f"is not {coding}: {error}", where=where, remedy="fetch it again"
                ) from error
            data = decoder.unused_data if decoder.eof else source.read(_BLOCK)
        if not decoder.eof:
            raise ArchiveError(f"its {coding} data is cut short", where=where, remedy="fetch it again")
        data = data or source.read(_BLOCK)


def _decoder(coding: str) -> _Decoder:
    if coding == "gzip":
        return zlib.decompressobj(zlib.MAX_WBITS | 16)
    return zstandard.ZstdDecompressor().decompressobj()
