"""What a clerk is at, in memory that it shares with the process that serves: it outlives the clerk.

One request at a time, in the order of the machine: a byte of state, the connection's number (4 bytes), the
moment of its begin (8 bytes, the system's monotonic clock), its length (4 bytes), its bytes.
"""

from __future__ import annotations

import mmap
import os
import struct
from dataclasses import dataclass

LARGEST_REQUEST = 1 << 14
"""Bytes of the longest request that a clerk takes."""

IDLE, WORKING, WRITING = 0, 1, 2
"""Nothing is asked; the answer is being made, and nothing is sent of it; it may have been sent in part."""

_HEAD = struct.Struct("=xxxxIdI")
_SIZE = _HEAD.size + LARGEST_REQUEST


@dataclass(frozen=True)
class Look:
    """What stands on the board at one moment."""

    state: int
    connection: int
    began: float
    request: bytes


class Board:
    """The board. A clerk writes, the process that serves looks."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor`: of a file in memory (`create`)."""
        self._memory = mmap.mmap(descriptor, _SIZE)

    @staticmethod
    def create() -> int:
        """A new file in memory; who calls closes its descriptor."""
        descriptor = os.memfd_create("kamara-clerk")
        os.ftruncate(descriptor, _SIZE)
        return descriptor

    def begin(self, connection: int, request: bytes, now: float) -> None:
        """Work on this request begins. The state is written last."""
        _HEAD.pack_into(self._memory, 0, connection, now, len(request))
        self._memory[_HEAD.size : _HEAD.size + len(request)] = request
        self._memory[0] = WORKING

    def write(self) -> None:
        """From now on the client may have got something."""
        self._memory[0] = WRITING

    def end(self) -> None:
        """The request is answered, or given back."""
        self._memory[0] = IDLE

    def look(self) -> Look:
        """What stands there."""
        connection, began, length = _HEAD.unpack_from(self._memory)
        return Look(self._memory[0], connection, began, self._memory[_HEAD.size : _HEAD.size + length])

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.close()
