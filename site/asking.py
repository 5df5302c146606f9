"""What the page of a saved query shows: its parameters, and the table of its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from kamara.site.values import Text
from kamara.site.views import Link, Viewer
from kamara.sparql.labels import Labels
from kamara.sparql.queries import SavedQuery
from kamara.sparql.select import Row

_KINDS = {"xsd:date": "date", "xsd:integer": "number", "iri": "url"}
MOST_ROWS = 200


@dataclass(frozen=True)
class Answered:
    """The columns and rows of an answer, at least one row more than a page shows when there are more."""

    columns: tuple[str, ...]
    rows: Sequence[Row]
    labels: Labels


@dataclass(frozen=True)
class Field:
    """A parameter in the form: its name, label, kind of HTML input, and the value that was asked with."""

    name: str
    label: str
    kind: str
    value: str


@dataclass(frozen=True)
class Table:
    """The first rows of an answer; `more` when there are others."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Link | Text | None, ...], ...]
    more: bool


def fields(saved: SavedQuery, values: Mapping[str, str], viewer: Viewer) -> tuple[Field, ...]:
    """The form's fields, filled with `values`, else with the defaults; empty where there is neither."""
    return tuple(
        Field(
            one.name,
            one.label[viewer.language],
            _KINDS.get(one.datatype, "text"),
            values.get(one.name, one.default or ""),
        )
        for one in saved.parameters.values()
    )


def table(answered: Answered, viewer: Viewer, root: str) -> Table:
    """The first rows, their terms written for people."""
    shown = tuple(
        tuple(_cell(row.get(column), answered.labels, viewer, root) for column in answered.columns)
        for row in answered.rows[:MOST_ROWS]
    )
    return Table(answered.columns, shown, len(answered.rows) > MOST_ROWS)


def _cell(node: object, labels: Labels, viewer: Viewer, root: str) -> Link | Text | None:
    if isinstance(node, NamedNode):
        return viewer.link(node.value, labels, root)
    if isinstance(node, Literal):
        return viewer.formatter.literal(node)
    return None
