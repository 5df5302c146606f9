"""The records that a snapshot holds back, on files: however many they are, memory holds only their names."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from kamara.loaders.quarantine import Held, read_held
from kamara.loaders.records import ERASED
from kamara.sparql import lines

Texts = Callable[[str, set[int]], Iterator[tuple[int, str]]]
"""Of a file by name, the records that begin at some lines: each such line and its text, in order."""


class Holding:
    """Records held back, each with its number in the source. `subjects` are all that they would describe.

    `withheld` are those of the subjects of which nothing may be public; `has_erased`: some record describes
    an erased thing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts: list[Path] = []
        self._count = 0
        self._lines: dict[str, set[int]] = {}
        self.subjects: set[str] = set()
        self.withheld: set[str] = set()
        self.has_erased = False

    def __len__(self) -> int:
        return self._count

    @contextmanager
    def adding(self) -> Iterator[Callable[[int, Held], None]]:
        """A function that holds back a record. Within one context numbers ascend."""
        part = self._path.with_name(f"{self._path.name}-{len(self._parts)}.zst")
        self._parts.append(part)
        with lines.writing(part) as text:

            def add(number: int, held: Held) -> None:
                text.write(f"{number}\t{held.to_json()}")
                self._note(held)

            yield add

    def _note(self, held: Held) -> None:
        self._count += 1
        self.subjects.update(held.subjects)
        if held.withheld:
            self.withheld.update(held.subjects)
        if any(reason.component == ERASED for reason in held.reasons):
            self.has_erased = True
        else:
            self._lines.setdefault(held.file, set()).add(held.first_line)

    def finish(self, target: Path, texts: Texts) -> Path:
        """Write all records to `target`, as quarantine keeps them, in the order of the source.

        Of an erased thing no text is kept.
        """
        with lines.writing(target) as text:
            for file, some in groupby(self._in_order(), key=lambda held: held.file):
                wanted = self._lines.get(file, set())
                found = texts(file, wanted) if wanted else iter(())
                text.writelines(held.to_json() for held in _with_raw(some, found))
        for part in self._parts:
            part.unlink()
        return target

    def _in_order(self) -> Iterator[Held]:
        numbered = (map(_numbered, lines.read(part)) for part in self._parts)
        return (read_held(line) for _, line in heapq.merge(*numbered))


def _numbered(line: str) -> tuple[int, str]:
    number, _, held = line.partition("\t")
    return int(number), held


def _with_raw(some: Iterator[Held], found: Iterator[tuple[int, str]]) -> Iterator[Held]:
    """Each record with its text, both in the order of lines."""
    line, raw = next(found, (0, ""))
    for held in some:
        while line and line < held.first_line:
            line, raw = next(found, (0, ""))
        yield replace(held, raw=raw) if line == held.first_line else held
