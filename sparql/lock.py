"""One writer at a time: an advisory lock on the data folder that the system frees when its holder dies."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from kamara.sparql.errors import LockedError


@contextlib.contextmanager
def writer_lock(path: Path) -> Iterator[None]:
    """Hold the writer's lock. Raises LockedError at once when another process has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
            raise LockedError(
                f"process {holder} is writing to this data folder",
                where=str(path.parent),
                remedy="wait until it ends, then run the command again",
            ) from None
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)
