"""A logical source: where records come from (RML-Core, logical sources)."""

from __future__ import annotations

from dataclasses import dataclass

from kamara.loaders.table import Dialect


@dataclass(frozen=True)
class LogicalSource:
    """A `path` as the mapping says it, and how to read what is there.

    `formulation` is the local name of the reference formulation: `CSV`, `JSONPath` or `XPath`. The `iterator`
    finds the records; in a workbook it names the sheet. `dialect` is that of a table; its encoding is the
    encoding of JSON too. `namespaces` are prefixes of XPath. With `typed`, a value that knows its own
    datatype makes a literal of that. `separators`: the columns of a table that hold several values, each with
    what stands between them (CSV on the Web, `separator`).
    """

    path: str
    formulation: str
    iterator: str | None
    dialect: Dialect
    namespaces: tuple[tuple[str, str], ...] = ()
    typed: bool = False
    separators: tuple[tuple[str, str], ...] = ()
