"""Writing that survives a crash: fsync of file and folder, then an atomic rename."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from kamara.sparql.errors import DiskError


def sync_file(path: Path) -> None:
    """Put the content of a file on the disk (POSIX fsync)."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Put a folder's entries on the disk, so that a rename in it is not lost."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def sync_tree(folder: Path) -> None:
    """Put every file and folder under `folder`, and itself, on the disk."""
    for parent, _, names in os.walk(folder):
        for name in names:
            sync_file(Path(parent) / name)
        sync_folder(Path(parent))


def move(source: Path, target: Path) -> None:
    """Rename within one folder's file system, durably. `target` must not be a filled folder."""
    source.rename(target)
    sync_folder(target.parent)


def write_bytes(path: Path, content: bytes) -> None:
    """Replace a small file in one step: readers see the old content or the new, never a part."""
    staged = path.with_name(f".{path.name}.tmp")
    staged.write_bytes(content)
    sync_file(staged)
    move(staged, path)


@contextlib.contextmanager
def staged_file(path: Path) -> Iterator[Path]:
    """Give a path to write to; on success it takes the place of `path` durably, on failure it goes away."""
    staged = path.with_name(f".{path.name}.tmp")
    try:
        yield staged
        sync_file(staged)
        move(staged, path)
    finally:
        staged.unlink(missing_ok=True)


@contextlib.contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn whatever a full disk makes fail under `folder`, the store's engine included, into DiskError."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if os.strerror(errno.ENOSPC) not in str(error):
            raise
        raise DiskError(
            "no space left on the disk", where=str(folder), remedy="free some, then run the command again"
        ) from error


def _sync(path: Path, flags: int) -> None:
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
