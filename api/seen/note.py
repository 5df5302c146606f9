"""What is noted of a request while it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from starlette.types import Scope

from kamara.sparql.guard import Inspected
from kamara.sparql.versions import Version

_KEY = "kamara.note"


class Measured(Protocol):
    """What a query's answer took; the numbers may grow until it has been sent."""

    @property
    def lane(self) -> str:
        """The lane of the pool that answered."""

    @property
    def rows(self) -> int | None:
        """Rows or triples, once they are known."""

    @property
    def seconds(self) -> float:
        """The engine's work."""


class Answered(Measured, Protocol):
    """A query's answer, as far as it is noted."""

    @property
    def version(self) -> Version:
        """The version that was asked."""


@dataclass(slots=True)
class Note:
    """The query that a request asks, and what became of it.

    `asks`: whether it asks one at all. `light`: whether its like may be answered by a clerk. `name`: of a
    saved query. `problem`: the kind of a refusal.
    """

    asks: bool = False
    query: Inspected | None = None
    format: str = ""
    name: str = ""
    answer: Answered | None = None
    light: bool = False
    problem: str = ""


def begin(scope: Scope) -> Note:
    """A new note for the request of this scope (ASGI); copies of the scope share it."""
    note = Note()
    scope[_KEY] = note
    return note


def note_of(scope: Scope) -> Note:
    """The request's note; one that nobody reads when the server notes nothing."""
    found = scope.get(_KEY)
    return found if isinstance(found, Note) else Note()
