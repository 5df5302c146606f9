"""The headings of a table, and the values that a mapping asks for by them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from pathlib import Path

from kamara.loaders.errors import TableError
from kamara.loaders.rawrecord import Values

FIELDS = ("as many fields as headings", "όσα πεδία έχουν οι επικεφαλίδες")


def checked_headings(fields: list[str], path: Path, line: int = 1) -> list[str]:
    """The headings in `fields`, without an empty one at the end. Raises TableError when one stands twice."""
    headings = fields[:-1] if fields[-1] == "" else fields
    for heading, times in Counter(headings).items():
        if heading and times > 1:
            raise TableError(
                f"column {heading!r} stands {times} times; {_listed(headings)}",
                where=f"{path}, line {line}",
                remedy="give each its own heading",
            )
    return headings


def picker(
    headings: Sequence[str], columns: Sequence[str], extra: Mapping[str, str], path: Path, line: int = 1
) -> Callable[[list[str]], Values]:
    """What takes the values of `columns` from a record's fields followed by the values of `extra`.

    Raises TableError when a column is not there, or is there twice.
    """
    names, where = [*headings, *extra], f"{path}, line {line}"
    for name in extra:
        if name in headings:
            raise TableError(
                f"{name} is both a column and a given field", where=where, remedy="rename the field"
            )
    for column in columns:
        if column not in names:
            raise TableError(
                f"no column {column!r}; {_listed(names)}",
                where=where,
                remedy="correct the file, the dialect or the mapping",
            )
    places = [names.index(column) for column in columns]
    if len(places) > 1:
        return itemgetter(*places)
    return lambda fields: tuple(fields[place] for place in places)


def _listed(names: Sequence[str]) -> str:
    return f"the file has {', '.join(name for name in names if name) or 'none'}"
