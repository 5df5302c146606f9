"""The query log: a line of JSON for each query, in files that are rotated and bounded.

A line holds no address, no user agent and no text of the query; see `Entry`.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

_LOG = logging.getLogger("kamara.api")
_FILES = 5
_WAITING = 20_000
_TOGETHER = 500
_LOOK_SECONDS = 0.5
_FIRST = "queries.jsonl"


@dataclass(slots=True)
class Entry:
    """A query as it is written down.

    `time`: when it was answered, ISO 8601 in UTC, in whole seconds. `shape`: a digest of the query without
    what its author wrote; `text`: the shape itself, where the operator wants it. `name`: of the saved query.
    `seconds`: the engine's work; `total`: from the request to the last byte of the answer. `bytes`: of the
    body, as it was sent. `whole`: whether it was sent to its end. `problem`: the kind of a refusal. None: not
    known, or not so.
    """

    time: str
    status: int
    total: float
    bytes: int
    whole: bool
    shape: str | None = None
    text: str | None = None
    name: str | None = None
    form: str | None = None
    format: str | None = None
    lane: str | None = None
    seconds: float | None = None
    rows: int | None = None
    version: int | None = None
    problem: str | None = None


class QueryLog:
    """Writes entries in a thread of its own, so that whoever answers queries never waits for the disk.

    The thread looks twice a second: to wake it for each entry would cost its asker more than the query.
    """

    def __init__(self, folder: Path, max_mb: float) -> None:
        """All files together stay under `max_mb` MiB."""
        self._folder = folder
        self._most = int(max_mb * (1 << 20)) // _FILES
        self._waiting: deque[bytes] = deque()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._failed = False

    def start(self) -> None:
        """Begin to write."""
        self._closing.clear()
        self._thread = threading.Thread(target=self._run, name="kamara-query-log", daemon=True)
        self._thread.start()

    def add(self, entry: Entry) -> None:
        """Take an entry; returns at once. It is lost when the disk has not kept up with 20,000 others."""
        if len(self._waiting) < _WAITING:
            self._waiting.append(_line(entry))
        else:
            self._complain("the disk does not keep up: entries are lost")

    def close(self) -> None:
        """Write what is left, and end."""
        if self._thread is not None:
            self._closing.set()
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._closing.wait(_LOOK_SECONDS):
            self._flush()
        self._flush()

    def _flush(self) -> None:
        while self._waiting:
            count = min(len(self._waiting), _TOGETHER)
            self._write(b"".join([self._waiting.popleft() for _ in range(count)]))

    def _write(self, lines: bytes) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            file = self._folder / _FIRST
            if file.exists() and file.stat().st_size + len(lines) > self._most:
                _rotate(self._folder)
            with file.open("ab") as opened:
                opened.write(lines)
            self._failed = False
        except OSError as error:
            self._complain(f"{self._folder}: {error.strerror or error}")

    def _complain(self, what: str) -> None:
        """One line when it begins to fail, not one an entry."""
        if not self._failed:
            self._failed = True
            _LOG.error("the query log is not written: %s", what)


def read_entries(folder: Path) -> Iterator[Entry]:
    """The entries of a log's folder, the oldest first. A line that was cut short is left out."""
    for file in sorted(folder.glob("queries*.jsonl"), key=_age, reverse=True):
        with file.open(encoding="utf-8") as lines:
            for line in lines:
                try:
                    yield Entry(**json.loads(line))
                except (ValueError, TypeError):
                    continue


_NAMES = tuple(field.name for field in fields(Entry))
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _line(entry: Entry) -> bytes:
    told = {name: value for name in _NAMES if (value := getattr(entry, name)) is not None}
    return _JSON.encode(told).encode() + b"\n"


def _rotate(folder: Path) -> None:
    """Number the files up by one; the last falls off."""
    for number in range(_FILES - 1, 0, -1):
        older = folder / (f"queries.{number - 1}.jsonl" if number > 1 else _FIRST)
        if older.exists():
            older.replace(folder / f"queries.{number}.jsonl")


def _age(file: Path) -> int:
    number = file.name.removeprefix("queries").removesuffix(".jsonl").removeprefix(".")
    return int(number) if number.isdigit() else 0
