"""A logical source: where records come from (RML-Core, logical sources)."""

from __future__ import annotations

from dataclasses import dataclass

from kamara.loaders.table import Dialect


@dataclass(frozen=True)
class Field:
    """A named value of a view's rows: a `reference` into the record, or `of_part`, into the part.

    Of a part, `#` is its number from 0, `#path` the names and numbers that lead to it in the record, with
    dots between them, and `#name` the last name of these.
    """

    name: str
    reference: str
    of_part: bool


@dataclass(frozen=True)
class View:
    """Rows out of each record (RML-LV): one for each part that `iterator` finds in the record.

    `fields` are all that the view names; the views of a compiled source have those that its rules use, in the
    order in which rows have their values.
    """

    name: str
    iterator: str
    fields: tuple[Field, ...]

    @property
    def column(self) -> str:
        """The column in which a record has the rows."""
        return f"{self.iterator} as {self.name}"


@dataclass(frozen=True)
class LogicalSource:
    """A `path` as the mapping says it, and how to read what is there.

    `formulation` is the local name of the reference formulation: `CSV`, `JSONPath` or `XPath`. The `iterator`
    finds the records; in a workbook it names the sheet. `dialect` is that of a table; its encoding is the
    encoding of JSON too. `namespaces` are prefixes of XPath. With `typed`, a value that knows its own
    datatype makes a literal of that. `separators`: the columns of a table that hold several values, each with
    what stands between them (CSV on the Web, `separator`). `views`: those whose rows are columns of its
    records.
    """

    path: str
    formulation: str
    iterator: str | None
    dialect: Dialect
    namespaces: tuple[tuple[str, str], ...] = ()
    typed: bool = False
    separators: tuple[tuple[str, str], ...] = ()
    views: tuple[View, ...] = ()
