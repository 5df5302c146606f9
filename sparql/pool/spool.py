"""What a query has produced and its client has not taken yet, so that a slow client holds no worker."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections import deque
from pathlib import Path
from typing import BinaryIO

from kamara.sparql.errors import GraphError

HELD_BYTES = 1 << 20
"""What one answer may hold in memory."""
_PIECE = 1 << 18


class Room:
    """The room on disk that all answers share, in a folder (None: the system's for temporary files)."""

    def __init__(self, most_bytes: int, folder: Path | None) -> None:
        self.most_bytes = most_bytes
        self.used = 0
        self._folder = folder

    def open(self) -> BinaryIO:
        """A file without a name: it is gone with its process."""
        folder = self._folder if self._folder is not None and self._folder.is_dir() else None
        return tempfile.TemporaryFile(dir=folder, buffering=0)


class Spool:
    """Bytes on their way: up to 1 MiB in memory, then a file, as long as there is room.

    The file begins anew whenever its reader has caught up, so a client that keeps up costs no room.
    """

    def __init__(self, room: Room) -> None:
        self.size = 0
        """Bytes that ever came."""
        self._room = room
        self._pieces: deque[bytes] = deque()
        self._held = 0
        self._file: BinaryIO | None = None
        self._written = 0
        self._read = 0
        self._over = False
        self._error: GraphError | None = None
        self._waiting: asyncio.Future[None] | None = None

    @property
    def full(self) -> bool:
        """Whether it can take no more until some is read."""
        return self._held >= HELD_BYTES and self._room.used >= self._room.most_bytes

    def put(self, piece: bytes) -> None:
        """Take a piece; one that comes when it is full is taken too, in memory."""
        self.size += len(piece)
        self._pieces.append(piece)
        self._held += len(piece)
        if self._held > HELD_BYTES or self._file is not None:
            self._to_file()
        self._wake()

    def end(self, error: GraphError | None = None) -> None:
        """Nothing more comes; its reader gets `error` after what there is."""
        self._over, self._error = True, error
        self._wake()

    def take_all(self) -> bytes | None:
        """Everything, when it is whole and in memory; None otherwise."""
        if not self._over or self._error is not None or self._file is not None:
            return None
        return b"".join(self._pieces)

    async def get(self) -> bytes | None:
        """The next piece; None at the end. Raises what `end` was given."""
        while True:
            piece = self._next()
            if piece:
                return piece
            if self._over:
                self.close()
                if self._error is not None:
                    raise self._error
                return None
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting

    def close(self) -> None:
        """Give its room back; what was not read is lost."""
        self._pieces.clear()
        self._held = 0
        if self._file is not None:
            self._room.used -= self._written
            self._file.close()
            self._file, self._written, self._read = None, 0, 0

    def _next(self) -> bytes:
        """What is in the file is older than what is in memory."""
        if self._file is not None and self._read < self._written:
            piece = os.pread(self._file.fileno(), _PIECE, self._read)
            self._read += len(piece)
            if self._read == self._written:
                self._begin_anew()
            return piece
        if self._pieces:
            piece = self._pieces.popleft()
            self._held -= len(piece)
            return piece
        return b""

    def _begin_anew(self) -> None:
        assert self._file is not None
        self._file.truncate(0)
        self._room.used -= self._written
        self._written = self._read = 0

    def _to_file(self) -> None:
        if self._file is None:
            self._file = self._room.open()
        descriptor = self._file.fileno()
        while self._pieces and self._room.used < self._room.most_bytes:
            piece = self._pieces.popleft()
            self._held -= len(piece)
            written = os.pwrite(descriptor, piece, self._written)
            self._written += written
            self._room.used += written
            if written < len(piece):
                self._pieces.appendleft(piece[written:])
                self._held += len(piece) - written

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
