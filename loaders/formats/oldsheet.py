"""The process that reads one sheet of an `.xls` file: each row that is not empty as one line of JSON.

`python -m kamara.loaders.formats.oldsheet FILE SHEET BYTES`; an empty SHEET is the first. A line has the
number of the row, from 1, and its cells; number 0 and the names of all sheets when there is no such sheet.
"""

from __future__ import annotations

import json
import resource
import sys

from python_calamine import CalamineWorkbook

from kamara.loaders.formats.cells import cell_texts

_LEAST_BYTES = 256 << 20
_SECONDS = 300


def main(path: str, wanted: str, memory: str) -> None:
    """Write the rows of the sheet `wanted` to standard output, with so many bytes of memory at most."""
    most = max(int(memory), _LEAST_BYTES)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    book = CalamineWorkbook.from_path(path)
    names = book.sheet_names
    if wanted and wanted not in names:
        _tell(0, names)
        return
    sheet = book.get_sheet_by_name(wanted or names[0])
    for number, values in enumerate(sheet.iter_rows(), 1):
        cells = cell_texts(values)
        if cells:
            _tell(number, cells)


def _tell(number: int, texts: list[str]) -> None:
    sys.stdout.write(json.dumps([number, *texts]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
