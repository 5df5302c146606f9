"""Backup and restore: the log and the raw snapshots, of which all else is made, and the pinned results.

A backup is a folder like the data folder, without what is derived. It may be taken while Kamara serves and
loads: change sets and raw snapshots do not change once they are there, and `backup.json`, written last, says
up to which change set the backup reaches. Taken again into the same folder, only what is new is copied.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kamara.sparql import durable
from kamara.sparql.changeset import MANIFEST, ChangeSet
from kamara.sparql.errors import BackupError
from kamara.sparql.layout import FORMAT, Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.versions import Version

_ABOUT = "backup.json"


class KeptVersion(BaseModel):
    """A published version to be made again: its number, its place in the log, whether it was pinned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int
    sequence: int
    pinned: bool


class Backup(BaseModel):
    """What a complete backup holds: change sets up to `sequence`, and the versions to make again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    sequence: int
    created: str
    versions: tuple[KeptVersion, ...]


def backup(layout: Layout, versions: list[Version], folder: Path) -> Backup:
    """Bring the backup in `folder` up to the log; of `versions`, the pinned ones and the last are noted.

    Raises BackupError when `folder` holds something else, or there is nothing to back up.
    """
    _require_place(layout, folder)
    change_sets = list(ChangeLog(layout))
    target = Layout(folder)
    for place in (target.log, target.raw):
        place.mkdir(parents=True, exist_ok=True)
    if not (folder / _ABOUT).exists():
        _describe(folder, 0, [])
    for change_set in change_sets:
        _copy_raw(layout, target, change_set)
        _copy_change_set(change_set, target)
    for path, there in ((layout.marker, target.marker), (layout.tombstones, target.tombstones)):
        if path.exists():
            durable.write_bytes(there, path.read_bytes())
    _copy_results(layout, target)
    _forget_others(target, change_sets)
    return _describe(folder, len(change_sets), versions)


def read_backup(folder: Path) -> Backup:
    """What the backup in `folder` holds. Raises BackupError when there is none, or one of another format."""
    try:
        found = Backup.model_validate_json((folder / _ABOUT).read_bytes())
    except (OSError, ValidationError) as error:
        raise BackupError(
            "is not a backup", where=str(folder), remedy="name a folder that `kamara backup` wrote"
        ) from error
    if found.format != FORMAT:
        raise BackupError(
            f"was written in format {found.format}; this Kamara reads format {FORMAT}",
            where=str(folder),
            remedy="run the Kamara that wrote it",
        )
    return found


def restore(folder: Path, layout: Layout, base_iri: str) -> Backup:
    """Copy the backup in `folder` into a new data folder, each file verified.

    Raises BackupError when the data folder holds something or the backup is not whole, LogError when a file
    of it is damaged.
    """
    found, source = read_backup(folder), Layout(folder)
    if layout.log.is_dir() and any(layout.log.iterdir()):
        raise BackupError(
            "holds a log already", where=str(layout.root), remedy="restore into a new data folder (--data)"
        )
    source.check(base_iri)
    change_sets = list(ChangeLog(source))[: found.sequence]
    if len(change_sets) < found.sequence:
        raise BackupError(
            f"lacks change sets {len(change_sets) + 1} to {found.sequence}",
            where=str(folder),
            remedy="take an older backup",
        )
    layout.prepare(base_iri)
    if source.tombstones.exists():
        durable.write_bytes(layout.tombstones, source.tombstones.read_bytes())
    for change_set in change_sets:
        change_set.verify()
        _copy_raw(source, layout, change_set)
        _copy_change_set(change_set, layout)
    _copy_results(source, layout)
    return found


def _require_place(layout: Layout, folder: Path) -> None:
    if folder.resolve().is_relative_to(layout.root.resolve()):
        raise BackupError("lies in the data folder", where=str(folder), remedy="name a folder outside it")
    if folder.exists() and any(folder.iterdir()) and not (folder / _ABOUT).exists():
        raise BackupError("is neither empty nor a backup", where=str(folder), remedy="name another folder")
    if not layout.marker.exists():
        raise BackupError("holds nothing yet", where=str(layout.root), remedy="run `kamara load` first")


def _copy_change_set(change_set: ChangeSet, target: Layout) -> None:
    """Copy a change set unless the same one is there: an erasure may have rewritten it since."""
    there = target.log / change_set.folder.name
    manifest = there / MANIFEST
    if manifest.exists() and manifest.read_bytes() == (change_set.folder / MANIFEST).read_bytes():
        return
    staged = target.log / f".{change_set.folder.name}.tmp"
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(change_set.folder, staged)
    durable.sync_tree(staged)
    shutil.rmtree(there, ignore_errors=True)
    durable.move(staged, there)


def _copy_raw(source: Layout, target: Layout, change_set: ChangeSet) -> None:
    for snapshot in change_set.manifest.snapshots:
        path, there = source.raw_file(snapshot.raw), target.raw_file(snapshot.raw)
        if snapshot.raw and path.exists() and not there.exists():
            there.parent.mkdir(parents=True, exist_ok=True)
            with durable.staged_file(there) as staged:
                shutil.copyfile(path, staged)


def _copy_results(source: Layout, target: Layout) -> None:
    """Copy the pinned results, and nothing that is not there any more."""
    shutil.rmtree(target.results, ignore_errors=True)
    if source.results.is_dir():
        shutil.copytree(source.results, target.results, ignore=shutil.ignore_patterns(".*"))
        durable.sync_tree(target.results)


def _forget_others(target: Layout, change_sets: list[ChangeSet]) -> None:
    """Remove from a backup the raw snapshots that the log no longer names: what they held was erased."""
    wanted = {target.raw_file(s.raw) for item in change_sets for s in item.manifest.snapshots}
    for path in target.raw.glob("*/*"):
        if path not in wanted:
            path.unlink()


def _describe(folder: Path, sequence: int, versions: list[Version]) -> Backup:
    kept = [version for version in versions if version.sequence <= sequence]
    described = Backup(
        format=FORMAT,
        sequence=sequence,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=tuple(
            KeptVersion(number=version.number, sequence=version.sequence, pinned=version.pinned)
            for version in kept
            if version.pinned or version == kept[-1]
        ),
    )
    durable.write_bytes(folder / _ABOUT, described.model_dump_json(indent=2).encode() + b"\n")
    return described
