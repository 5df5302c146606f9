"""Writes workbooks of the old kind (`.xls`): BIFF8 records in a compound file, as far as tests need them.

[MS-XLS] sections 2.4 (records) and [MS-CFB] sections 2.2 to 2.6 (header, FAT, directory).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

Cell = str | float | bool | date | None
Sheets = Mapping[str, Sequence[Sequence[Cell]]]

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
# A stream shorter than this would have to lie in the mini stream.
_LEAST_STREAM = 4096
_FIRST_DAY = date(1899, 12, 30)
_GENERAL, _DATE = 0, 14


def write_old_workbook(path: Path, sheets: Sheets) -> Path:
    """Write `sheets`, each a list of rows, to `path`."""
    path.write_bytes(_compound(_workbook(sheets)))
    return path


def _record(kind: int, content: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _begin(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 1997, 0, 6))


def _workbook(sheets: Sheets) -> bytes:
    formats = b"".join(
        _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, number_format, 0, 0, 0, 0, 0, 0, 0, 0))
        for number_format in (_GENERAL, _DATE)
    )
    head = _begin(0x0005) + _record(0x0042, struct.pack("<H", 1200)) + formats
    bodies = [_sheet(rows) for rows in sheets.values()]
    names = [name.encode("utf-16-le") for name in sheets]
    at = len(head) + sum(4 + 8 + len(name) for name in names) + len(_record(0x000A))
    bounds = b""
    for name, body in zip(names, bodies, strict=True):
        bounds += _record(0x0085, struct.pack("<IHBB", at, 0, len(name) // 2, 1) + name)
        at += len(body)
    return head + bounds + _record(0x000A) + b"".join(bodies)


def _sheet(rows: Sequence[Sequence[Cell]]) -> bytes:
    width = max(map(len, rows), default=0)
    cells = b"".join(
        _cell(row, column, value) for row, values in enumerate(rows) for column, value in enumerate(values)
    )
    size = _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    return _begin(0x0010) + size + cells + _record(0x000A)


def _cell(row: int, column: int, value: Cell) -> bytes:
    place = struct.pack("<HHH", row, column, int(isinstance(value, date)))
    if value is None:
        return b""
    if isinstance(value, str):
        text = value.encode("utf-16-le")
        return _record(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)
    if isinstance(value, bool):
        return _record(0x0205, place + struct.pack("<BB", value, 0))
    number = (value - _FIRST_DAY).days if isinstance(value, date) else value
    return _record(0x0203, place + struct.pack("<d", number))


def _compound(stream: bytes) -> bytes:
    """A file with one stream, `Workbook`: sector 0 is FAT, 1 the directory, the rest the stream."""
    stream = stream.ljust(_LEAST_STREAM, b"\0")
    sectors = -(-len(stream) // _SECTOR)
    fat = [_FAT, _END, *range(3, sectors + 2), _END]
    assert len(fat) <= _SECTOR // 4, "too large for one sector of FAT"
    header = (
        bytes.fromhex("d0cf11e0a1b11ae1")
        + bytes(16)
        + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
        + struct.pack("<IIIIIIIII", 0, 1, 1, 0, _LEAST_STREAM, _END, 0, _END, 0)
        + struct.pack("<109I", 0, *[_FREE] * 108)
    )
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream))
    directory += _entry("", 0, _FREE, 0, 0) * 2
    table = struct.pack("<128I", *fat, *[_FREE] * (128 - len(fat)))
    return header + table + directory + stream.ljust(sectors * _SECTOR, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = f"{name}\0".encode("utf-16-le") if name else b""
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, _FREE, _FREE, child)
        + bytes(16 + 4 + 8 + 8)
        + struct.pack("<IQ", start, size)
    )
