"""Tables in spreadsheets: Office Open XML (`.xlsx`), read row by row, and the old kind (`.xls`)."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from kamara.config import LoadSettings
from kamara.loaders.errors import TableError
from kamara.loaders.formats.cells import cell_texts
from kamara.loaders.formats.oldworkbook import old_rows
from kamara.loaders.headings import FIELDS, checked_headings, picker
from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.rawrecord import RawRecord

OLD = ".xls"
SUFFIXES = (".xlsx", OLD)

# What openpyxl lets through of a file that is broken somewhere inside.
_BROKEN = (
    *(InvalidFileException, zipfile.BadZipFile, zlib.error, EOFError, SyntaxError),
    *(LookupError, ValueError, TypeError, AttributeError, RuntimeError),
)


def open_workbook(
    path: Path, source: LogicalSource, columns: Sequence[str], extra: Mapping[str, str], limits: LoadSettings
) -> Iterator[RawRecord]:
    """The rows of a sheet: the one that the iterator of `source` names, else the first.

    Headings are in the first row that is not empty, after the rows that the dialect skips. Numbers are as
    short as they can be, dates and times in ISO 8601, formulas the value that was saved. Raises TableError,
    naming file and place, when the file is no workbook, is or unpacks to more than load.max_whole_bytes, or
    has no such sheet or column.
    """
    rows = _table(path, source, limits)
    line, fields = next(rows, (0, []))
    if not fields:
        raise TableError("an empty sheet", where=str(path), remedy="expected headings and records")
    if source.dialect.header:
        headings = checked_headings(fields, path, line)
    else:
        headings = [f"_col.{number}" for number in range(1, len(fields) + 1)]
    pick = picker(headings, columns, extra, path, line)
    width, constants = len(headings), list(extra.values())
    if not source.dialect.header:
        yield RawRecord(line, line, pick(fields + constants), "")
    for line, fields in rows:
        if len(fields) > width:
            yield RawRecord(line, line, None, f"{len(fields)} fields instead of {width}", FIELDS)
        else:
            padding = [""] * (width - len(fields))
            yield RawRecord(line, line, pick(fields + padding + constants), "")


def raw_workbook(
    path: Path, source: LogicalSource, wanted: set[int], limits: LoadSettings
) -> Iterator[tuple[int, str]]:
    """The rows `wanted`, each after its number, their cells separated by tabs: a second pass."""
    return ((line, "\t".join(fields)) for line, fields in _rows(path, source, limits) if line in wanted)


def _table(path: Path, source: LogicalSource, limits: LoadSettings) -> Iterator[tuple[int, list[str]]]:
    """The rows after those that the dialect skips, up to the first empty one where that ends the table."""
    last = 0
    for number, fields in _rows(path, source, limits):
        if number <= source.dialect.skip_rows:
            continue
        if source.dialect.until_blank and last and number > last + 1:
            return
        last = number
        yield number, fields


def _rows(path: Path, source: LogicalSource, limits: LoadSettings) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, with their number; empty cells at their end are left out."""
    if path.suffix.lower() == OLD:
        return old_rows(path, source.iterator, limits)
    return _new_rows(path, source, limits)


def _new_rows(path: Path, source: LogicalSource, limits: LoadSettings) -> Iterator[tuple[int, list[str]]]:
    _check(path, limits.max_whole_bytes)
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except _BROKEN as error:
        raise _no_workbook(path) from error
    try:
        name = source.iterator or book.sheetnames[0]
        if name not in book.sheetnames:
            known = ", ".join(book.sheetnames)
            raise TableError(f"no sheet {name!r}", where=str(path), remedy=f"it has {known}")
        for number, row in enumerate(book[name].iter_rows(values_only=True), 1):
            fields = cell_texts(row)
            if fields:
                yield number, fields
    except _BROKEN as error:
        raise _no_workbook(path) from error
    finally:
        book.close()


def _check(path: Path, limit: int) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
    except zipfile.BadZipFile as error:
        raise _no_workbook(path) from error
    except OSError as error:
        raise TableError(
            f"cannot be read: {error.strerror}", where=str(path), remedy="name a file that can"
        ) from error
    if size > limit:
        raise TableError(
            f"unpacks to {size} bytes, more than {limit}",
            where=str(path),
            remedy="save it as CSV, or raise load.max_whole_bytes",
        )


def _no_workbook(path: Path) -> TableError:
    return TableError("not a workbook (.xlsx)", where=str(path), remedy="save it as one again, or as CSV")
