"""What a long harvest has got so far: kept when it breaks, so that the next one goes on from there."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from kamara.loaders.fetch.contract import Errand

# What was got longer ago than this says too little of what stands on the server now.
_LASTS = timedelta(days=3)
_PLAN = "plan.json"
_DIGEST = 32


class Attempt:
    """Pages by name, in a folder that outlives a harvest that fails. `started` is when it was begun (UTC)."""

    def __init__(self, folder: Path, started: datetime) -> None:
        self._folder = folder
        self.started = started

    def read(self, group: str, name: str) -> bytes | None:
        """A kept page; None when it is not there as it was written."""
        try:
            kept = self._path(group, name).read_bytes()
        except FileNotFoundError:
            return None
        digest, content = kept[:_DIGEST], kept[_DIGEST:]
        return content if sha256(content).digest() == digest else None

    def keep(self, group: str, name: str, content: bytes) -> None:
        """Keep a page. What a crash leaves of it is not taken for a page."""
        path = self._path(group, name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(sha256(content).digest() + content)

    def forget(self, group: str) -> None:
        """Forget the pages of a group."""
        shutil.rmtree(self._folder / _key(group), ignore_errors=True)

    def end(self) -> None:
        """Forget all: the harvest is through."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def _path(self, group: str, name: str) -> Path:
        return self._folder / _key(group) / _key(name)


@contextmanager
def attempt(errand: Errand, plan: str) -> Iterator[Attempt]:
    """The attempt that was cut short when it has the same `plan`, else a new one.

    While another process goes on with it, this one begins anew in the errand's folder.
    """
    errand.attempt.mkdir(parents=True, exist_ok=True)
    handle = os.open(errand.attempt, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield _opened(errand.attempt if _locked(handle) else errand.folder / "attempt", plan)
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _opened(folder: Path, plan: str) -> Attempt:
    now = datetime.now(UTC)
    try:
        told = json.loads((folder / _PLAN).read_text(encoding="utf-8"))
        started = datetime.fromisoformat(told["started"])
        if told["plan"] == plan and now - _LASTS < started <= now:
            return Attempt(folder, started)
    except (OSError, ValueError, KeyError, TypeError):
        pass
    for old in folder.glob("*"):
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    folder.mkdir(exist_ok=True)
    content = json.dumps({"plan": plan, "started": now.isoformat()})
    (folder / _PLAN).write_text(content, encoding="utf-8")
    return Attempt(folder, now)


def _key(name: str) -> str:
    return sha256(name.encode()).hexdigest()[:32]
