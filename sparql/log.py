"""The change log: the truth that every store can be rebuilt from."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from kamara.sparql import durable, lines
from kamara.sparql.changeset import (
    ADDS,
    MANIFEST,
    QUARANTINE,
    REMOVES,
    ChangeSet,
    Counts,
    Manifest,
    Mode,
    Snapshot,
    digest,
)
from kamara.sparql.errors import LogError
from kamara.sparql.layout import Layout
from kamara.sparql.watcher import Watcher


@dataclass(frozen=True)
class Draft:
    """What a load wants to commit for one dataset. `changes` gives ("add" | "remove", line), sorted.

    `taken`, `by`: see Manifest.
    """

    dataset: str
    mode: Mode
    changes: Iterable[tuple[str, str]]
    quarantine: Iterable[str] = ()
    snapshots: tuple[Snapshot, ...] = ()
    recipe: str = ""
    day: str | None = None
    taken: Mapping[str, int] = field(default_factory=dict)
    by: str = ""
    counts: Counts = field(default_factory=Counts)


class ChangeLog:
    """The change sets of one data folder, in order. One writer at a time holds it for appending."""

    def __init__(self, layout: Layout, watcher: Watcher | None = None) -> None:
        self._layout = layout
        self._watcher = watcher or Watcher()

    @cached_property
    def _sets(self) -> list[ChangeSet]:
        if not self._layout.log.is_dir():
            return []
        folders = sorted(path for path in self._layout.log.iterdir() if path.name.isdigit())
        sets = [ChangeSet(folder) for folder in folders]
        for place, change_set in enumerate(sets, start=1):
            if change_set.sequence != place or int(change_set.folder.name) != place:
                raise LogError(
                    f"change set {place} is missing",
                    where=str(self._layout.log),
                    remedy="restore the log from a backup",
                )
        return sets

    def __iter__(self) -> Iterator[ChangeSet]:
        return iter(self._sets)

    @property
    def sequence(self) -> int:
        """The number of the last change set; 0 when there is none."""
        return len(self._sets)

    def of(self, dataset: str) -> list[ChangeSet]:
        """The change sets of one dataset, in order."""
        return [change_set for change_set in self._sets if change_set.dataset == dataset]

    def last(self, dataset: str) -> ChangeSet | None:
        """The newest change set of a dataset."""
        return next((item for item in reversed(self._sets) if item.dataset == dataset), None)

    def datasets(self) -> list[str]:
        """The names of all datasets, in the order in which they first appeared."""
        return list(dict.fromkeys(item.dataset for item in self._sets))

    def append(self, draft: Draft) -> ChangeSet:
        """Write a change set and put it on the disk; when this returns, it is acknowledged.

        The files are written beside the log under a name that readers pass over, synced, then renamed.
        """
        watcher, sequence, started = self._watcher, self.sequence + 1, _now()
        watcher.step("commit.begin")
        staged = self._layout.log / f".{sequence:08d}.tmp"
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        added, removed = self._write_changes(staged, draft)
        with lines.writing(staged / QUARANTINE) as text:
            text.writelines(draft.quarantine)
        watcher.step("commit.quarantine")
        manifest = Manifest(
            sequence=sequence,
            dataset=draft.dataset,
            mode=draft.mode,
            day=draft.day,
            snapshots=draft.snapshots,
            recipe=draft.recipe,
            taken=dict(draft.taken),
            by=draft.by,
            counts=draft.counts.model_copy(update={"added": added, "removed": removed}),
            started=started,
            committed=_now(),
            files={name: digest(staged / name) for name in (ADDS, REMOVES, QUARANTINE)},
        )
        (staged / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        watcher.step("commit.manifest")
        durable.sync_tree(staged)
        watcher.step("commit.synced")
        folder = self._layout.log / f"{sequence:08d}"
        durable.move(staged, folder)
        watcher.step("commit.renamed")
        change_set = ChangeSet(folder)
        self._sets.append(change_set)
        watcher.step("commit.acknowledged")
        return change_set

    def _write_changes(self, folder: Path, draft: Draft) -> tuple[int, int]:
        counts = {"add": 0, "remove": 0}
        with lines.writing(folder / ADDS) as adds, lines.writing(folder / REMOVES) as removes:
            write = {"add": adds.write, "remove": removes.write}
            for kind, line in draft.changes:
                write[kind](line)
                counts[kind] += 1
                if counts[kind] == 1:
                    self._watcher.step(f"commit.{kind}s")
        return counts["add"], counts["remove"]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
