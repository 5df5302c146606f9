"""Things that once stood in the graph and no longer do: a version remembers them (410, not 404)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from kamara.sparql import lines
from kamara.sparql.changeset import ChangeSet
from kamara.sparql.lines import subject
from kamara.sparql.store import GraphStore

GONE = "gone.zst"


def write_gone(
    folder: Path, before: Path | None, change_sets: Iterable[ChangeSet], store: GraphStore
) -> None:
    """Write the list of a version to its `folder`: that of the one `before` it and what was removed since.

    A thing that the store describes (again) is not gone.
    """
    known = _read(before) if before else iter(())
    removed = {subject(line) for item in change_sets for line in item.removes()}
    with lines.writing(folder / GONE) as text:
        for name in sorted(removed.union(known)):
            if not store.describes(name[1:-1]):
                text.write(f"{name}\n")


def is_gone(folder: Path, iri: str) -> bool:
    """Whether the version in `folder` remembers a thing that is no longer there."""
    wanted = f"<{iri}>"
    return any(name == wanted for name in _read(folder))


def _read(folder: Path) -> Iterator[str]:
    path = folder / GONE
    return (line[:-1] for line in lines.read(path)) if path.exists() else iter(())
