"""Joins: the subjects of a parent's records by the terms that a child's record must share."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import product

from kamara.loaders.errors import RecordError
from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.rawrecord import Values
from kamara.loaders.rml.model import Join
from kamara.loaders.rml.termfunction import TermFunction, Terms

Read = Callable[[LogicalSource, Sequence[str]], Iterable[Values]]

_CACHE_KIB = 65536


class JoinIndex:
    """The subjects of the parent's records, by key, in a temporary database: on disk when they are many."""

    def __init__(self, join: Join, terms: Terms) -> None:
        self._source = join.source
        self._columns = terms.columns
        self._subject = terms.function(join.subject)
        self._keys = [terms.function(parent) for _, parent in join.conditions]
        self._database: sqlite3.Connection | None = None

    def fill(self, read: Read) -> None:
        """Take the parent's records in, in place of those before. One that cannot be mapped joins nothing."""
        if self._database is not None:
            self._database.close()
        # An empty name is a database of its own in a temporary file, which its end removes.
        self._database = database = sqlite3.connect("", isolation_level=None)
        database.execute("PRAGMA journal_mode = OFF")
        database.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        database.execute("CREATE TABLE parent (key TEXT, subject TEXT)")
        database.execute("BEGIN")
        pairs = self._pairs(read(self._source, tuple(self._columns)))
        database.executemany("INSERT INTO parent VALUES (?, ?)", pairs)
        database.execute("CREATE INDEX by_key ON parent (key, subject)")
        database.execute("COMMIT")

    def _pairs(self, rows: Iterable[Values]) -> Iterator[tuple[str, str]]:
        for row in rows:
            with suppress(RecordError):
                pairs = list(product(join_keys(self._keys, row), self._subject.of(row)))
                yield from pairs

    def find(self, keys: Iterable[str]) -> tuple[str, ...]:
        """The parent's subjects under any of `keys`, in a fixed order."""
        if self._database is None:
            raise RuntimeError("prepare the mapping before its records are mapped")
        query = "SELECT subject FROM parent WHERE key = ? ORDER BY subject"
        return tuple(
            dict.fromkeys(subject for key in keys for (subject,) in self._database.execute(query, (key,)))
        )


def join_keys(functions: Sequence[TermFunction], row: Values) -> Iterator[str]:
    """The keys of a record: one a combination of the terms of its conditions."""
    return (" ".join(terms) for terms in product(*(function.of(row) for function in functions)))
