"""What an editor asks for: operations on one edited dataset, and what must hold before they are done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kamara.loaders.errors import PreconditionError


@dataclass(frozen=True)
class Editor:
    """Who writes: the name of a token, and the datasets that it may write into."""

    name: str
    datasets: tuple[str, ...]


@dataclass(frozen=True)
class Operation:
    """One step. `clear` empties the graph, `drop` takes it away; `add` and `remove` name sorted lines."""

    kind: Literal["add", "remove", "clear", "drop"]
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Condition:
    """Which state a write is meant for (RFC 9110, sections 13.1.1 and 13.1.2).

    `match`: If-Match, `none_match`: If-None-Match; each a list of states or `*`, None when not sent.
    """

    match: tuple[str, ...] | None = None
    none_match: tuple[str, ...] | None = None

    def check(self, state: str | None) -> None:
        """Raise PreconditionError unless it holds. `state` is None when there is no such graph."""
        if self.match is not None and not _names(self.match, state):
            raise PreconditionError(
                "the graph is not in the state that If-Match names",
                remedy="GET it again, make the change on what it holds now, and send that with its ETag",
            )
        if self.none_match is not None and _names(self.none_match, state):
            raise PreconditionError(
                "the graph is in a state that If-None-Match excludes",
                remedy="GET it and decide whether it still needs the change",
            )


@dataclass(frozen=True)
class Change:
    """A change to one edited dataset, asked for by `editor`."""

    dataset: str
    operations: tuple[Operation, ...]
    editor: Editor
    condition: Condition = Condition()


def applied(operations: Iterable[Operation], state: Iterable[str]) -> list[str]:
    """The sorted lines that stand after the operations on a state of lines."""
    standing = set(state)
    for operation in operations:
        if operation.kind == "add":
            standing.update(operation.lines)
        elif operation.kind == "remove":
            standing.difference_update(operation.lines)
        else:
            standing.clear()
    return sorted(standing)


def _names(states: tuple[str, ...], state: str | None) -> bool:
    return state is not None and ("*" in states or state in states)
