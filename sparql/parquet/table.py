"""A SELECT's answer written as Parquet, whatever its size: spooled, looked at for its types, then written.

The types of a column are known when its last value has been seen, and a file of Parquet needs them for its
first; so the rows lie in a temporary file meanwhile. At most one row group is in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq
from pyoxigraph import QueryResultsFormat, QuerySolutions

from kamara.sparql.parquet import Scratch, Sink
from kamara.sparql.parquet.columns import Column

# A row group ends with whichever is reached first.
_GROUP_CELLS, _GROUP_BYTES = 1 << 18, 8 << 20
_IN_MEMORY = 1 << 20
_Batch = Sequence[pa.Array]


def write(solutions: QuerySolutions, out: Sink, scratch: Scratch) -> int:
    """See `kamara.sparql.parquet.write_parquet`."""
    pa.set_cpu_count(1)
    folder = str(scratch.folder) if scratch.folder and scratch.folder.is_dir() else None
    with SpooledTemporaryFile(_IN_MEMORY, dir=folder) as spool:
        solutions.serialize(_Bounded(spool, scratch.most_bytes), QueryResultsFormat.TSV)  # type: ignore[arg-type]  # it asks for write() and flush() alone
        columns = [Column(name) for name in _names(spool)]
        for batch in _batches(spool, len(columns)):
            for column, cells in zip(columns, batch, strict=True):
                column.look(cells)
        return _write(columns, spool, out)


def _write(columns: Sequence[Column], spool: IO[bytes], out: Sink) -> int:
    fields = [field for column in columns for field in column.fields()]
    schema, rows = pa.schema(fields), 0
    _names(spool)
    with (
        pa.PythonFile(_Forward(out), mode="w") as sink,
        pq.ParquetWriter(sink, schema, compression="zstd") as writer,
    ):
        for batch in _batches(spool, len(columns)):
            written = [
                array for column, cells in zip(columns, batch, strict=True) for array in column.write(cells)
            ]
            group = pa.RecordBatch.from_arrays(written, schema=schema)
            writer.write_batch(group)
            rows += group.num_rows
    return rows


def _names(spool: IO[bytes]) -> list[str]:
    """The names of the columns; the spool then stands at the first row."""
    spool.seek(0)
    head = spool.readline().rstrip(b"\n").decode()
    return [name.removeprefix("?") for name in head.split("\t")] if head else []


def _batches(spool: IO[bytes], width: int) -> Iterator[_Batch]:
    """The cells from here on, as columns, one row group after the other; none for a table without columns."""
    rows: list[list[bytes | None]] = []
    size = 0
    for line in spool if width else ():
        rows.append([cell or None for cell in line.rstrip(b"\n").split(b"\t")])
        size += len(line)
        if len(rows) * width >= _GROUP_CELLS or size >= _GROUP_BYTES:
            yield _turned(rows)
            rows, size = [], 0
    if rows:
        yield _turned(rows)


def _turned(rows: Sequence[Sequence[bytes | None]]) -> _Batch:
    return [pa.array(column, pa.binary()).cast(pa.string()) for column in zip(*rows, strict=True)]


class _Bounded:
    """A file that takes no more than so many bytes."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = file
        self._left = most

    def write(self, data: bytes) -> int:
        """Write. Raises ValueError when it is too much."""
        self._left -= len(data)
        if self._left < 0:
            raise ValueError(
                "the rows take more room than there is (query.spool_mb); ask for fewer, or for CSV"
            )
        return self._file.write(data)

    def flush(self) -> None:
        """The engine asks for it at the end; the file is read by its own process."""


class _Forward:
    """A file that is only written to, as pyarrow wants one."""

    def __init__(self, out: Sink) -> None:
        self._out = out
        self._at = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        """Pass bytes on."""
        self._out.write(bytes(data))
        self._at += len(data)
        return len(data)

    def tell(self) -> int:
        """How many bytes were written."""
        return self._at

    def flush(self) -> None:
        """Nothing is held back here."""

    def close(self) -> None:
        """The sink stays open: it is its owner's."""
        self.closed = True
