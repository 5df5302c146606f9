"""How many rows an answer has, counted while it is written: the engine's serializers do not say.

Each rule rests on how pyoxigraph 0.5.13 writes the format; the tests hold it against the engine's own count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from pyoxigraph import QueryResultsFormat, Triple


class RowCounter(Protocol):
    """Counts the rows in the pieces of an answer."""

    rows: int

    def feed(self, piece: bytes) -> None:
        """Count the next piece; pieces may be cut anywhere."""


def counter(chosen: QueryResultsFormat, variables: Sequence[str]) -> RowCounter:
    """What counts the rows of a table in this format with these columns."""
    if chosen == QueryResultsFormat.JSON:
        return JsonRows(variables)
    if chosen == QueryResultsFormat.XML:
        return XmlRows()
    return CsvRows() if chosen == QueryResultsFormat.CSV else TsvRows()


class TsvRows:
    """A line a row and one for the header; line breaks in values are escaped."""

    def __init__(self) -> None:
        self.rows = -1

    def feed(self, piece: bytes) -> None:
        """Count the next piece."""
        self.rows += piece.count(b"\n")


class CsvRows:
    """Line breaks outside quotes; in a value a quote is doubled, which changes nothing for the parity."""

    def __init__(self) -> None:
        self.rows = -1
        self._inside = 0

    def feed(self, piece: bytes) -> None:
        """Count the next piece."""
        parts = piece.split(b'"')
        self.rows += sum(part.count(b"\n") for part in parts[self._inside :: 2])
        self._inside ^= (len(parts) - 1) & 1


class XmlRows:
    """`<result>`; in values `<` is escaped."""

    _MARK = b"<result>"

    def __init__(self) -> None:
        self.rows = 0
        self._tail = b""

    def feed(self, piece: bytes) -> None:
        """Count the next piece."""
        text = self._tail + piece
        self.rows += text.count(self._MARK)
        self._tail = text[-len(self._MARK) + 1 :]


class JsonRows:
    """Objects in the array `bindings`.

    Once escapes are taken out, every quote begins or ends a string, so a row's beginning `,{"NAME":{"` cannot
    stand in one. A row without values is `{}`, which can: it is looked for outside strings.
    """

    def __init__(self, variables: Sequence[str]) -> None:
        self.rows = 0
        self._marks = [f',{{"{name}":{{"'.encode() for name in variables]
        self._longest = max((len(mark) for mark in self._marks), default=1)
        self._escape = b""
        self._head = b""
        self._tail = b""
        self._inside = 0
        self._brace = b""
        self._begun = False

    def feed(self, piece: bytes) -> None:
        """Count the next piece."""
        text = self._escape + piece
        # A backslash at the end belongs to what comes next.
        odd = (len(text) - len(text.rstrip(b"\\"))) & 1
        self._escape, text = text[len(text) - odd :], text[: len(text) - odd]
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
        self._count_empty(text)
        self._count_marked(text)

    def _count_empty(self, text: bytes) -> None:
        quotes = text.count(b'"')
        if b"{}" in self._brace + text:
            outside = self._brace + b"".join(text.split(b'"')[self._inside :: 2])
            self.rows += outside.count(b"{}")
        self._inside ^= quotes & 1
        self._brace = b"{" if not self._inside and text.endswith(b"{") else b""

    def _count_marked(self, text: bytes) -> None:
        if not self._begun:
            self._head += text
            if b'"bindings":[' not in self._head:
                return
            self._begun = True
            text = self._head.replace(b'"bindings":[', b'"bindings":[,', 1)
        for mark in self._marks:
            # What of the tail could begin a mark; a whole one in it was counted before.
            kept = self._tail[max(0, len(self._tail) - len(mark) + 1) :]
            self.rows += (kept + text).count(mark)
        self._tail = (self._tail + text)[-self._longest :]


class CountedTriples:
    """Triples, counted as they pass."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.rows = 0
        self._triples = triples

    def __iter__(self) -> Iterator[Triple]:
        """The triples."""
        for triple in self._triples:
            self.rows += 1
            yield triple
