"""Tables with titles around them, as sheets of a workbook saved as CSV have them, and tables of readings."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, count
from pathlib import Path

from kamara.loaders.decoding import Lines
from kamara.loaders.errors import RecordError, TableError
from kamara.loaders.headings import FIELDS, checked_headings, picker
from kamara.loaders.rawrecord import RawRecord
from kamara.loaders.readings.unfolding import Unfolding
from kamara.loaders.table import Dialect, csv_format

_Row = tuple[int, int, list[str]]
# From the fields of a row, as many as headings, to its records: one, or none.
_Make = Callable[[int, int, list[str]], Iterator[RawRecord]]


def open_sheet(
    path: Path,
    dialect: Dialect,
    columns: Sequence[str],
    extra: Mapping[str, str],
    max_line_bytes: int,
    *,
    unfold: Unfolding | None,
) -> Iterator[RawRecord]:
    """The records of the table at `path`, with the values of `columns`.

    Rows before the headings are skipped and a blank row ends the table, when `dialect` says so. Spaces and
    line breaks in headings and cells are one space. Cells missing at the end of a row are empty. `unfold`
    takes each record apart; then `columns` are the names in what it gives, those of objects as `outer.inner`.
    Raises as `open_table` does.
    """
    rows = _rows(path, dialect, max_line_bytes)
    line, _, first = next((row for row in rows if any(row[2])), (0, 0, []))
    if not first:
        raise TableError("an empty table", where=str(path), remedy="expected headings and records")
    headings = checked_headings([" ".join(heading.split()) for heading in first], path, line)
    if unfold:
        headings = [heading or f"_col.{number}" for number, heading in enumerate(headings, 1)]
        make = _taken_apart(headings, columns, extra, unfold)
    else:
        make = _plain(headings, columns, extra, path, line)
    for first_line, last_line, fields in rows:
        filled = _filled(fields, len(headings))
        if filled is None:
            problem = f"{len(fields)} fields instead of {len(headings)}"
            yield RawRecord(first_line, last_line, None, problem, FIELDS)
        elif any(filled):
            yield from make(first_line, last_line, filled)
        elif dialect.until_blank:
            return


def _filled(fields: list[str], width: int) -> list[str] | None:
    """The fields of a row, with the empty ones that it lacks; None when it has too many."""
    if any(fields[width:]):
        return None
    return [*(" ".join(field.split()) for field in fields[:width]), *[""] * (width - len(fields))]


def _plain(
    headings: Sequence[str], columns: Sequence[str], extra: Mapping[str, str], path: Path, line: int
) -> _Make:
    pick = picker(headings, columns, extra, path, line)
    return lambda first, last, fields: iter([RawRecord(first, last, pick([*fields, *extra.values()]), "")])


def _taken_apart(
    headings: Sequence[str], columns: Sequence[str], extra: Mapping[str, str], unfold: Unfolding
) -> _Make:
    def make(first: int, last: int, fields: list[str]) -> Iterator[RawRecord]:
        try:
            found = unfold(dict(zip(headings, fields, strict=True)))
        except RecordError as error:
            yield RawRecord(first, last, None, error.what, (error.expected, error.expected_el))
            return
        rows = [tuple(_picked({**one, **extra}, column) for column in columns) for one in found]
        if rows:
            yield RawRecord(first, last, rows[0], "", more=tuple(rows[1:]))

    return make


def _picked(content: Mapping[str, object], column: str) -> str:
    value: object = content
    for name in (column,) if column in content else column.split("."):
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    return value if isinstance(value, str) else ""


def _rows(path: Path, dialect: Dialect, max_line_bytes: int) -> Iterator[_Row]:
    """The rows from the headings on, each with its first and last line."""
    lines = Lines(path, dialect.encoding, max_line_bytes)
    csv.field_size_limit(max(csv.field_size_limit(), max_line_bytes))
    reader = csv.reader(chain.from_iterable(lines.blocks()), **csv_format(dialect))
    before = 0
    try:
        for number, fields in zip(count(1), reader, strict=False):
            lines.pending_bytes = 0
            if number > dialect.skip_rows:
                yield before + 1, reader.line_num, fields
            before = reader.line_num
    except csv.Error as error:
        raise TableError(
            f"cannot be read: {error}",
            where=f"{path}, line {before + 1}",
            remedy="save the sheet as CSV again",
        ) from error
