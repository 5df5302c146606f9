"""Spreadsheets of the old kind (`.xls`, BIFF in an OLE file), read in a process of its own.

The library aborts the process, or asks for any amount of memory, when such a file is broken inside.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from kamara.config import LoadSettings
from kamara.loaders.errors import TableError
from kamara.loaders.formats.places import check_size

_READER = "kamara.loaders.formats.oldsheet"
# A cell of a few bytes in the file takes 32 in memory, and the reader itself takes some room.
_FACTOR = 8
_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")


def old_rows(path: Path, sheet: str | None, limits: LoadSettings) -> Iterator[tuple[int, list[str]]]:
    """The rows of a sheet (default: the first) that are not empty, each with its number, from 1.

    Raises TableError, naming the file, when it is no such workbook or has no such sheet, and SourceError when
    it is larger than load.max_whole_bytes; the reader may take eight times that.
    """
    check_size(path, limits.max_whole_bytes, "an old workbook", "save it as .xlsx or as CSV")
    with path.open("rb") as file:
        if file.read(len(_SIGNATURE)) != _SIGNATURE:
            raise _no_workbook(path)
    memory = _FACTOR * limits.max_whole_bytes
    command = [sys.executable, "-P", "-m", _READER, str(path), sheet or "", str(memory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield from _told(process.stdout, path, sheet)
            if process.wait() != 0:
                raise _no_workbook(path)
        finally:
            process.kill()


def _told(lines: IO[str], path: Path, sheet: str | None) -> Iterator[tuple[int, list[str]]]:
    """The rows that the process tells, one a line of JSON: the number, then the cells."""
    for line in lines:
        if not line.endswith("\n"):
            raise _no_workbook(path)
        number, *cells = json.loads(line)
        if number == 0:
            known = ", ".join(cells)
            raise TableError(f"no sheet {sheet!r}", where=str(path), remedy=f"it has {known}")
        yield number, cells


def _no_workbook(path: Path) -> TableError:
    return TableError(
        "not a workbook that can be read (.xls)", where=str(path), remedy="save it as .xlsx, or as CSV"
    )
