"""What a clerk is at, in memory that it shares with the process that serves: it outlives the clerk.

In the order of the machine: whether it evaluates (a byte), since when (8 bytes, the monotonic clock), and a
slot for each request that it has read and not answered yet: a byte of state, the connection's number
and the request's length (4 bytes each), the request.
"""

from __future__ import annotations

import mmap
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass

LARGEST_REQUEST = 1 << 14
"""Bytes of the longest request that a clerk takes."""
SLOTS = 16
"""Requests that it may have read and not answered."""

_FREE, _WAITING, _WRITING = 0, 1, 2

_HEAD = struct.Struct("=Bxxxxxxxd")
_SLOT = struct.Struct("=BxxxII")
_STRIDE = _SLOT.size + LARGEST_REQUEST
_SIZE = _HEAD.size + SLOTS * _STRIDE
_PLACES = tuple(_HEAD.size + slot * _STRIDE for slot in range(SLOTS))


@dataclass(frozen=True)
class Look:
    """What stands on the board at one moment.

    `since`: the moment at which the evaluation that goes on has begun, None when there is none. `waiting`: by
    the numbers of their connections, requests of whose answers nothing was sent. `writing`: connections on
    which an answer may have been sent in part.
    """

    since: float | None
    waiting: Mapping[int, bytes]
    writing: frozenset[int]


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

    def begin(self, slot: int, connection: int, request: bytes, now: float) -> None:
        """The request was read, and its answer is being made.

        States are written last: who looks meanwhile sees nothing, not half of it.
        """
        memory, place = self._memory, _PLACES[slot]
        _SLOT.pack_into(memory, place, _FREE, connection, len(request))
        memory[place + _SLOT.size : place + _SLOT.size + len(request)] = request
        memory[place] = _WAITING
        _HEAD.pack_into(memory, 0, 0, now)
        memory[0] = 1

    def rest(self) -> None:
        """Nothing is evaluated now."""
        self._memory[0] = 0

    def write(self, slot: int) -> None:
        """From now on the client may have got something of the answer."""
        self._memory[_PLACES[slot]] = _WRITING

    def end(self, slot: int) -> None:
        """The request is answered, or given back."""
        self._memory[_PLACES[slot]] = _FREE

    def look(self) -> Look:
        """What stands there."""
        busy, since = _HEAD.unpack_from(self._memory)
        waiting, writing = dict[int, bytes](), set[int]()
        for place in _PLACES:
            state, connection, length = _SLOT.unpack_from(self._memory, place)
            if state == _WAITING:
                begin = place + _SLOT.size
                waiting[connection] = self._memory[begin : begin + length]
            elif state == _WRITING:
                writing.add(connection)
        return Look(since if busy else None, waiting, frozenset(writing))

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.close()
