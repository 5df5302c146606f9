"""A record as a reader hands it out, before it is mapped."""

from __future__ import annotations

from typing import NamedTuple

Value = str | tuple[str, ...]
Values = tuple[Value, ...]


class RawRecord(NamedTuple):
    """A record and its place: its first and last line in a table, its number in JSON and XML (both from 1).

    `values` are in the order of the columns asked for: a text each, empty for null, or a tuple of texts when
    the record has several. They are None when the record is malformed: then `problem` says how, and
    `expected` what was expected, in English and in Greek. `more` are further values of the same record, when
    it was taken apart.
    """

    first_line: int
    last_line: int
    values: Values | None
    problem: str
    expected: tuple[str, str] = ("", "")
    more: tuple[Values, ...] = ()
