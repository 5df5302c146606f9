"""What passes between the server and a worker: frames of one kind byte, a length and a payload.

To the worker: `Q` a question (JSON). From the worker: `R` ready, `D` a piece of the answer, `E` its end
(`pack_end`: rows, whether the worker should not be asked again, the last piece), `X` a failure (JSON: kind,
message, stale). A question is answered by any number of `D` and one `E` or `X`: a small answer is one frame.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

QUESTION, READY, DATA, END, FAILURE = b"Q", b"R", b"D", b"E", b"X"

_HEAD = struct.Struct("!cI")
_END = struct.Struct("!Q?")


def pack(kind: bytes, payload: bytes = b"") -> bytes:
    """One frame."""
    return _HEAD.pack(kind, len(payload)) + payload


def pack_end(rows: int, piece: bytes, *, stale: bool) -> bytes:
    """The frame that ends an answer."""
    return _HEAD.pack(END, _END.size + len(piece)) + _END.pack(rows, stale) + piece


def unpack_end(payload: bytes) -> tuple[int, bool, bytes]:
    """Rows, whether the worker is stale, and the last piece."""
    rows, stale = _END.unpack_from(payload)
    return rows, stale, payload[_END.size :]


def read(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """Receive one frame (kind, payload); None when the other side is gone."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    payload = stream.read(length)
    return (kind, payload) if len(payload) == length else None


class Parser:
    """Takes bytes as they come, gives whole frames."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The frames (kind, payload) that are complete with `data`."""
        self._held += data
        at = 0
        while len(self._held) - at >= _HEAD.size:
            kind, length = _HEAD.unpack_from(self._held, at)
            begin, end = at + _HEAD.size, at + _HEAD.size + length
            if len(self._held) < end:
                break
            yield kind, bytes(self._held[begin:end])
            at = end
        del self._held[:at]
