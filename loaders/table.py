"""Tables in delimited text (RFC 4180, with the dialects of CSV on the Web), read in constant memory."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NoReturn, TypedDict

from kamara.loaders.decoding import Lines
from kamara.loaders.errors import TableError
from kamara.loaders.headings import FIELDS, checked_headings, picker
from kamara.loaders.rawrecord import RawRecord, Values


@dataclass(frozen=True)
class Dialect:
    """How a table is written (CSVW, dialect descriptions). `utf-16` expects a byte order mark.

    `skip_rows` stand before the headings; with `until_blank`, a blank row after them ends the table.
    """

    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    header: bool = True
    skip_rows: int = 0
    until_blank: bool = False


def open_table(
    path: Path, dialect: Dialect, columns: Sequence[str], extra: Mapping[str, str], max_line_bytes: int
) -> Iterator[RawRecord]:
    """The records of the table at `path`, with the values of `columns`.

    `extra` gives values that are the same in each record for names that no heading has. A record with a wrong
    number of fields is yielded as malformed; one empty field too many at the end is allowed. Raises
    EncodingError, TableError or SourceError, each naming file and place, when the file as a whole cannot be
    used.
    """
    return _Table(path, dialect, max_line_bytes).rows(columns, extra)


def raw_records(path: Path, dialect: Dialect, lines: set[int]) -> Iterator[tuple[int, str]]:
    """The text of the records that begin at `lines`, each after that line: a second pass over `path`."""
    source = Lines(path, dialect.encoding, path.stat().st_size + 1)
    pending: list[str] = []

    def remembered() -> Iterator[str]:
        for line in chain.from_iterable(source.blocks()):
            pending.append(line)
            yield line

    reader = csv.reader(remembered(), **csv_format(dialect))
    last = max(lines, default=0)
    first = 1
    while first <= last:
        try:
            if next(reader, None) is None:
                break
        except csv.Error:
            pass  # a malformed record ends here all the same
        if first in lines:
            yield first, "".join(pending)
        pending.clear()
        first = reader.line_num + 1


class _Table:
    def __init__(self, path: Path, dialect: Dialect, max_line_bytes: int) -> None:
        self.path = path
        self.lines = Lines(path, dialect.encoding, max_line_bytes)
        # csv's own limit on a field is one for the whole process; ours is on the record, and lower by
        # default.
        csv.field_size_limit(max(csv.field_size_limit(), max_line_bytes))
        self.reader = csv.reader(chain.from_iterable(self.lines.blocks()), **csv_format(dialect))
        self.header = dialect.header

    def rows(self, columns: Sequence[str], extra: Mapping[str, str]) -> Iterator[RawRecord]:
        first = self._next()
        if first is None:
            self._fail("an empty file", "expected headings and records")
        headings = (
            checked_headings(first, self.path)
            if self.header
            else [f"_col.{n}" for n in range(1, len(first) + 1)]
        )
        pick = picker(headings, columns, extra, self.path)
        width, constants = len(headings), list(extra.values())
        if not self.header:
            fitted = first[:width] + constants
            yield RawRecord(1, self.reader.line_num, pick(fitted), "")
        yield from self._records(width, constants, pick)

    def _records(
        self, width: int, constants: list[str], pick: Callable[[list[str]], Values]
    ) -> Iterator[RawRecord]:
        reader, lines = self.reader, self.lines
        trailing = False
        while True:
            before = reader.line_num
            try:
                for fields in reader:
                    number = reader.line_num
                    lines.pending_bytes = 0
                    if len(fields) == width and not (lines.unfinished and trailing):
                        fields.extend(constants)
                        yield RawRecord(before + 1, number, pick(fields), "")
                    elif len(fields) == width + 1 and not fields[width]:
                        trailing = True
                        fields[width:] = constants
                        yield RawRecord(before + 1, number, pick(fields), "")
                    elif fields:
                        yield self._malformed(before + 1, fields, width)
                    before = number
            except csv.Error as error:
                yield self._unreadable(before + 1, error)
            else:
                return

    def _malformed(self, first_line: int, fields: list[str], width: int) -> RawRecord:
        if self.lines.unfinished:
            self._fail(
                f"cut: the last record has {len(fields)} fields and no line end", "fetch it again", first_line
            )
        problem = f"{len(fields)} fields instead of {width}"
        return RawRecord(first_line, self.reader.line_num, None, problem, FIELDS)

    def _unreadable(self, first_line: int, error: csv.Error) -> RawRecord:
        if "unexpected end of data" in str(error):
            self._fail("a quote that is never closed", "fetch the file again, or close the quote", first_line)
        return RawRecord(first_line, self.reader.line_num, None, str(error), FIELDS)

    def _next(self) -> list[str] | None:
        try:
            return next((fields for fields in self.reader if fields), None)
        except csv.Error as error:
            self._fail(f"headings that cannot be read: {error}", "correct the dialect in the mapping", 1)

    def _fail(self, what: str, remedy: str, line: int = 0) -> NoReturn:
        where = f"{self.path}, line {line}" if line else str(self.path)
        raise TableError(what, where=where, remedy=remedy)


class _Format(TypedDict):
    delimiter: str
    quotechar: str
    strict: bool


def csv_format(dialect: Dialect) -> _Format:
    """The arguments of csv.reader for `dialect`."""
    return {"delimiter": dialect.delimiter, "quotechar": dialect.quote, "strict": True}
