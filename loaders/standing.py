"""The state of a history while its days are taken in: lines that are found by what they are about.

So a day costs what changes on it, not all that holds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from kamara.loaders.history import Groups

_TABLE = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE held (key TEXT PRIMARY KEY, number INTEGER NOT NULL, lines TEXT NOT NULL);
"""
_PUT = "INSERT INTO held VALUES (?, ?, ?)"


class Standing:
    """Sorted lines in groups, in a database file in `scratch` that nobody else reads."""

    def __init__(self, known: Iterable[str], groups: Groups, scratch: Path) -> None:
        self._groups = groups
        self._path = scratch / f"standing-{id(self)}.db"
        self._table = sqlite3.connect(self._path, isolation_level=None)
        self._table.executescript(_TABLE)
        self._put(known)

    def __len__(self) -> int:
        return int(self._table.execute("SELECT TOTAL(number) FROM held").fetchone()[0])

    def whole(self) -> Iterator[str]:
        """All lines, in order."""
        for (text,) in self._table.execute("SELECT lines FROM held ORDER BY key"):
            yield from _lines(text)

    def of(self, keys: Iterable[str]) -> Iterator[str]:
        """The lines of some groups, in order."""
        for key in sorted(keys):
            for (text,) in self._table.execute("SELECT lines FROM held WHERE key = ?", (key,)):
                yield from _lines(text)

    def replace(self, keys: Iterable[str], lines: Iterable[str]) -> None:
        """Let `lines`, sorted, stand in the place of some groups."""
        self._table.executemany("DELETE FROM held WHERE key = ?", ((key,) for key in keys))
        self._put(lines)

    def become(self, lines: Iterable[str]) -> None:
        """Let `lines`, sorted, stand in the place of all."""
        self._table.execute("DELETE FROM held")
        self._put(lines)

    def close(self) -> None:
        """Remove the file."""
        self._table.close()
        self._path.unlink()

    def _put(self, lines: Iterable[str]) -> None:
        self._table.execute("BEGIN")
        for key, some in groupby(lines, key=self._groups.key_of_line):
            said = list(some)
            self._table.execute(_PUT, (key, len(said), "".join(said)))
        self._table.execute("COMMIT")


def _lines(text: str) -> Iterator[str]:
    """The lines of a text; `str.splitlines` would break them at other characters too."""
    return (f"{line}\n" for line in text.split("\n")[:-1])
