"""Things that once stood in the graph and no longer do: a version remembers them (410, not 404)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Protocol

from kamara.sparql import lines
from kamara.sparql.lines import subject
from kamara.sparql.log import ChangeLog
from kamara.sparql.store import GraphStore

GONE = "gone.zst"


class _Numbered(Protocol):
    @property
    def folder(self) -> Path: ...

    @property
    def sequence(self) -> int: ...


def write_gone(folder: Path, before: _Numbered | None, log: ChangeLog, store: GraphStore) -> None:
    """Write the list of a version to its `folder`: that of the one `before` it and what was removed since.

    A thing that the store describes (again) is not gone.
    """
    known: set[str] = set()
    since = 0
    if before is not None and (before.folder / GONE).exists():
        known, since = set(_read(before.folder)), before.sequence
    for change_set in islice(log, since, max(since, store.position)):
        known.update(subject(line) for line in change_set.removes())
    with lines.writing(folder / GONE) as text:
        for name in sorted(known):
            if not store.describes(name[1:-1]):
                text.write(f"{name}\n")


def is_gone(folder: Path, iri: str) -> bool:
    """Whether the version in `folder` remembers a thing that is no longer there."""
    wanted = f"<{iri}>"
    return any(name == wanted for name in _read(folder))


def _read(folder: Path) -> Iterator[str]:
    path = folder / GONE
    return (line[:-1] for line in lines.read(path)) if path.exists() else iter(())
