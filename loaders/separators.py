"""Columns of a table that hold several values (CSV on the Web, metadata vocabulary, `separator`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.rawrecord import RawRecord, Value


def separated(
    records: Iterator[RawRecord], source: LogicalSource, columns: Sequence[str]
) -> Iterator[RawRecord]:
    """The records with the values of such columns taken apart; `columns` are those of the records' values."""
    by_name = dict(source.separators)
    marks = [by_name.get(column) for column in columns]
    return _separated(records, marks) if any(marks) else records


def _separated(records: Iterable[RawRecord], marks: Sequence[str | None]) -> Iterator[RawRecord]:
    for record in records:
        if record.values is None:
            yield record
        else:
            parts = (_parts(value, mark) for value, mark in zip(record.values, marks, strict=True))
            yield record._replace(values=tuple(parts))


def _parts(value: Value, mark: str | None) -> Value:
    if mark is None or not isinstance(value, str) or mark not in value:
        return value
    return tuple(part for part in value.split(mark) if part)
