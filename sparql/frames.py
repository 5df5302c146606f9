"""What passes between the server and a worker: frames of one kind byte, a length and a payload.

To the worker: `Q` a question (JSON). From the worker: `R` ready, `D` a piece of the answer, `E` its end
(payload `stale` when the worker should not be asked again), `X` a failure (JSON: kind, message).
"""

from __future__ import annotations

import struct
from typing import BinaryIO

QUESTION, READY, DATA, END, FAILURE = b"Q", b"R", b"D", b"E", b"X"
STALE = b"stale"

_HEAD = struct.Struct("!cI")


def write(stream: BinaryIO, kind: bytes, payload: bytes = b"") -> None:
    """Send one frame."""
    stream.write(_HEAD.pack(kind, len(payload)) + payload)
    stream.flush()


def read(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """Receive one frame (kind, payload); None when the other side is gone."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, length = _HEAD.unpack(head)
    payload = stream.read(length)
    return (kind, payload) if len(payload) == length else None
