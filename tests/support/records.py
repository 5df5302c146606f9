"""Records of a file written in a test, as a reader hands them out."""

from __future__ import annotations

from pathlib import Path

from kamara.config import LoadSettings
from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.rawrecord import RawRecord
from kamara.loaders.readers import open_records
from kamara.loaders.table import Dialect


def logical(
    formulation: str,
    iterator: str | None = None,
    namespaces: dict[str, str] | None = None,
    dialect: Dialect | None = None,
) -> LogicalSource:
    """A logical source of a formulation."""
    return LogicalSource("", formulation, iterator, dialect or Dialect(), tuple((namespaces or {}).items()))


def read(path: Path, source: LogicalSource, *columns: str, **limits: int) -> list[RawRecord]:
    """All records of the file at `path`, under the limits given."""
    return list(open_records(path, source, columns, {}, LoadSettings(**limits)))
