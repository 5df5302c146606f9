"""Tables of answers as Apache Parquet: columns with types, for pandas, R, DuckDB."""

from __future__ import annotations

import importlib
import os
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pyoxigraph import QuerySolutions

from kamara.sparql.pool.sandbox import data_bytes

# What pyarrow 26 takes when it is loaded (113 MiB), and room to work in.
_LIBRARY_BYTES = 160 << 20


class Sink(Protocol):
    """Where a file goes: it is written from the first byte to the last, never read or wound back."""

    def write(self, data: bytes, /) -> int:
        """Take the next bytes."""


@dataclass(frozen=True)
class Scratch:
    """Where rows lie until their types are known: in a file without a name, of at most so many bytes.

    Without a folder, or when it is not there, in the system's for temporary files.
    """

    folder: Path | None
    most_bytes: int


def write_parquet(solutions: QuerySolutions, out: Sink, scratch: Scratch) -> int:
    """Write a table of solutions to `out`; gives the number of rows.

    Raises what the query raises while it is evaluated, MemoryError, ValueError when the scratch file is too
    small for the rows, and OSError when the disk is full.
    """
    if "pyarrow" not in sys.modules:
        _load()
    from kamara.sparql.parquet.table import write

    return write(solutions, out, scratch)


def _load() -> None:
    """Load pyarrow. Raises MemoryError before it, since it would die of too little memory, not say so."""
    limit = resource.getrlimit(resource.RLIMIT_DATA)[0]
    if limit != resource.RLIM_INFINITY and data_bytes() + _LIBRARY_BYTES > limit:
        raise MemoryError
    # pyarrow's own allocator reserves 1 GiB at once, and the memory limit counts what is reserved.
    os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    importlib.import_module("pyarrow")
