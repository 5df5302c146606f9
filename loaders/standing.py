"""The state of a history while days are taken in: what may still change, and what ended for good, set aside.

A day's file changes no state that ended before the day before it. So a day costs what holds then, not all
that ever held.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path

from kamara.loaders.history import VALID_THROUGH
from kamara.sparql import lines
from kamara.sparql.lines import subject

_THROUGH = f" <{VALID_THROUGH}> "


class Standing:
    """Sorted lines in two parts, on files in `scratch`. `prefixes` begin the IRIs of historic things."""

    def __init__(self, known: Iterable[str], prefixes: Iterable[str], scratch: Path) -> None:
        self._prefixes = tuple(f"<{prefix}" for prefix in prefixes)
        self._scratch = scratch
        self._files = 0
        self._ended: list[Path] = []
        self.ended_lines = 0
        self._open = self._write(known)

    def open(self) -> Iterator[str]:
        """The lines that may still change."""
        return lines.read(self._open)

    def whole(self) -> Iterator[str]:
        """All lines."""
        return heapq.merge(self.open(), *map(lines.read, self._ended))

    def set_aside(self, day: date) -> None:
        """Set aside the states that no file of `day` or later can change."""
        eve = (day - timedelta(days=1)).isoformat()
        still, ended = self._new_file(), self._new_file()
        with ExitStack() as stack:
            files = [stack.enter_context(lines.writing(path)) for path in (still, ended)]
            for name, group in groupby(self.open(), key=subject):
                said = list(group)
                has_ended = name.startswith(self._prefixes) and any(_ended_before(line, eve) for line in said)
                files[has_ended].writelines(said)
                self.ended_lines += len(said) * has_ended
        self._open.unlink()
        self._open = still
        self._ended.append(ended)

    def rejoin(self) -> None:
        """Nothing is aside any more."""
        self.become(self._write(self.whole()))
        for path in self._ended:
            path.unlink()
        self._ended, self.ended_lines = [], 0

    def become(self, path: Path) -> None:
        """Take the file at `path` for the lines that may still change."""
        self._open.unlink()
        self._open = path.rename(self._new_file())

    def close(self) -> None:
        """Remove the files."""
        for path in (self._open, *self._ended):
            path.unlink(missing_ok=True)

    def _write(self, content: Iterable[str]) -> Path:
        path = self._new_file()
        with lines.writing(path) as text:
            text.writelines(content)
        return path

    def _new_file(self) -> Path:
        self._files += 1
        return self._scratch / f"standing-{id(self)}-{self._files}.nt.zst"


def _ended_before(line: str, day: str) -> bool:
    """Whether a line says that its state ended before `day` (ISO 8601)."""
    _, found, rest = line.partition(_THROUGH)
    return bool(found) and rest[1:11] < day
