"""Published versions: immutable snapshots that readers open, and the file that names the one in force."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kamara.config import Settings
from kamara.sparql import durable
from kamara.sparql.errors import DiskError, VersionError
from kamara.sparql.gone import write_gone
from kamara.sparql.layout import FORMAT, Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.store import GraphStore
from kamara.sparql.watcher import Watcher

_ABOUT = "version.json"
_PIN = "pinned"
_CITED = "cited"
_LEASE = "lease"
_MIB = 1024 * 1024


class _About(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    number: int
    sequence: int
    created: str
    quads: int


@dataclass(frozen=True)
class Version:
    """A published version: its number, the log position that it holds, when it was made (ISO 8601, UTC)."""

    number: int
    folder: Path
    sequence: int
    created: str
    quads: int

    @property
    def store(self) -> Path:
        """The folder to open with `Store.read_only`."""
        return self.folder / "store"

    @property
    def pinned(self) -> bool:
        """Whether it is kept for good: by the operator's word, or because a result cites it."""
        return (self.folder / _PIN).exists() or self.cited

    @property
    def cited(self) -> bool:
        """Whether a pinned result was made on it."""
        return (self.folder / _CITED).exists()


class _Seen:
    """The version in force, and how the two files looked that say so: what names it, what describes it.

    An erasure writes a version anew under its number.
    """

    def __init__(self, pointer: Path, version: Version) -> None:
        self.version = version
        self._files = (str(pointer), str(version.folder / _ABOUT))
        self._looks = self._look()

    def holds(self) -> bool:
        """Whether they look the same still."""
        return self._looks is not None and self._looks == self._look()

    def _look(self) -> list[tuple[int, int]] | None:
        try:
            return [(found.st_ino, found.st_mtime_ns) for found in map(os.stat, self._files)]
        except OSError:
            return None


class Versions:
    """The published versions of one data folder."""

    def __init__(self, settings: Settings, watcher: Watcher | None = None) -> None:
        self._layout = Layout(settings.data_dir)
        self._limits = settings.versions
        self._watcher = watcher or Watcher()
        self._seen: _Seen | None = None

    def all(self) -> list[Version]:
        """Every kept version, oldest first."""
        folders = self._layout.versions.glob("[0-9]*") if self._layout.versions.is_dir() else ()
        return [version for folder in sorted(folders) if (version := _read_unless_removed(folder))]

    def current(self) -> Version | None:
        """The version that readers see; None before the first publication.

        Asked again it costs two looks at the disk: files are read when they are others than before.
        """
        if self._seen is not None and self._seen.holds():
            return self._seen.version
        found = self._read_current()
        seen = None if found is None else _Seen(self._layout.current, found)
        # Read once more, after the look: what came in between would else never be noticed.
        self._seen = seen if found == self._read_current() else None
        return found

    def _read_current(self) -> Version | None:
        try:
            number = int(self._layout.current.read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise VersionError(
                "does not hold a number",
                where=str(self._layout.current),
                remedy="run `kamara rollback NUMBER`",
            ) from error
        try:
            return self.get(number)
        except VersionError:
            # Between two reads a newer version may have been published and this one collected.
            if self._layout.current.read_text(encoding="ascii") == f"{number}\n":
                raise
            return self._read_current()

    def get(self, number: int) -> Version:
        """The version of this number. Raises VersionError when it is not kept."""
        folder = self._folder(number)
        if not folder.is_dir():
            raise VersionError(
                f"there is no version {number}",
                where=str(self._layout.versions),
                remedy="`kamara versions` lists those that are kept",
            )
        return _read(folder)

    def publish(self, store: GraphStore, log: ChangeLog) -> Version:
        """Make the store's content the next version, and the one that readers see.

        Raises DiskError while free disk is under `versions.free_factor` times the store.
        """
        version = self.point_to(self.write(store, log).number)
        self._watcher.step("publish.current")
        return version

    def write(self, store: GraphStore, log: ChangeLog, number: int | None = None) -> Version:
        """Make the store's content a version, the next one or the one of this `number`, old or new.

        Readers do not see it yet. Raises DiskError as `publish` does.
        """
        watcher = self._watcher
        self._require_room(store.size)
        watcher.step("publish.begin")
        self._sweep()
        newest = max(self.all(), key=lambda version: version.number, default=None)
        number = number or (newest.number + 1 if newest else 1)
        staged = self._layout.versions / f".{number:08d}.tmp"
        staged.mkdir()
        store.backup(staged / "store")
        watcher.step("publish.checkpoint")
        created = datetime.now(UTC).isoformat(timespec="seconds")
        write_gone(staged, newest, log, store)
        about = _About(
            format=FORMAT, number=number, sequence=store.position, created=created, quads=len(store)
        )
        (staged / _ABOUT).write_text(about.model_dump_json() + "\n", encoding="ascii")
        (staged / _LEASE).touch()
        watcher.step("publish.described")
        durable.sync_tree(staged)
        watcher.step("publish.synced")
        if self._folder(number).exists():
            self._bury(self._folder(number))
        durable.move(staged, self._folder(number))
        watcher.step("publish.renamed")
        return self.get(number)

    def point_to(self, number: int) -> Version:
        """Let readers see a kept version from now on (rollback; the log and the store stay as they are)."""
        version = self.get(number)
        durable.write_bytes(self._layout.current, b"%d\n" % number)
        return version

    def pin(self, number: int) -> None:
        """Keep a version for good."""
        durable.write_bytes(self.get(number).folder / _PIN, b"")

    def unpin(self, number: int) -> None:
        """Let a version go when its time comes."""
        folder = self.get(number).folder
        (folder / _PIN).unlink(missing_ok=True)
        durable.sync_folder(folder)

    def cite(self, version: Version) -> None:
        """Keep a version for good, because a pinned result was made on it."""
        durable.write_bytes(version.folder / _CITED, b"")

    def uncite(self, number: int) -> None:
        """No pinned result needs this version any more. One that is not there is none to keep."""
        folder = self._folder(number)
        if folder.is_dir():
            (folder / _CITED).unlink(missing_ok=True)
            durable.sync_folder(folder)

    def remove(self, number: int) -> None:
        """Remove a version whatever holds it; who reads it now reads on until it closes its files."""
        self._bury(self.get(number).folder)

    @contextlib.contextmanager
    def lease(self, version: Version) -> Iterator[Version]:
        """Hold a version while reading it: it is not collected until the lease ends or its holder dies."""
        try:
            handle = os.open(version.folder / _LEASE, os.O_RDONLY)
        except FileNotFoundError as error:
            raise VersionError(
                f"version {version.number} was just collected", remedy="read the current version"
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_SH)
            yield version
        finally:
            os.close(handle)

    def collect(self) -> list[int]:
        """Remove old versions beyond the limits on count and bytes; gives the numbers removed.

        The current, the newest, pinned and leased versions stay.
        """
        self._sweep()
        versions, current = self.all(), self.current()
        spared = {versions[-1].number if versions else 0, current.number if current else 0}
        removable = [v for v in versions if v.number not in spared and not v.pinned]
        surplus = [v for v in versions if not v.pinned][: -self._limits.keep]
        return [
            version.number
            for version in removable
            if (version in surplus or self._bytes() > self._limits.keep_mb * _MIB) and self._remove(version)
        ]

    def _remove(self, version: Version) -> bool:
        handle = os.open(version.folder / _LEASE, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._bury(version.folder)
        except BlockingIOError:
            return False
        finally:
            os.close(handle)
        return True

    def _bury(self, folder: Path) -> None:
        dead = folder.with_name(f".{folder.name}.dead")
        durable.move(folder, dead)
        shutil.rmtree(dead)

    def _bytes(self) -> int:
        """Bytes that all versions take together; a file that several share by hard link counts once."""
        sizes = {}
        for path in self._layout.versions.rglob("*"):
            found = path.stat()
            sizes[found.st_ino] = found.st_size
        return sum(sizes.values())

    def _require_room(self, store_size: int) -> None:
        free = shutil.disk_usage(self._layout.versions).free
        needed = int(store_size * self._limits.free_factor)
        if free < needed:
            raise DiskError(
                f"{free // _MIB} MiB are free, publishing asks for {needed // _MIB} MiB",
                where=str(self._layout.versions),
                remedy="free disk, run `kamara gc`, or lower versions.free_factor",
            )

    def _sweep(self) -> None:
        for pattern in (".*.tmp", ".*.dead"):
            for leftover in self._layout.versions.glob(pattern):
                if leftover.is_dir():
                    shutil.rmtree(leftover)

    def _folder(self, number: int) -> Path:
        return self._layout.versions / f"{number:08d}"


def _read_unless_removed(folder: Path) -> Version | None:
    """The version in a folder that another process may remove at this moment."""
    try:
        return _read(folder)
    except VersionError:
        if folder.exists():
            raise
        return None


def _read(folder: Path) -> Version:
    try:
        about = _About.model_validate_json((folder / _ABOUT).read_bytes())
    except (OSError, ValidationError) as error:
        raise VersionError(
            "is damaged or from another version of Kamara",
            where=str(folder),
            remedy="remove this folder, then run `kamara rebuild`",
        ) from error
    return Version(about.number, folder, about.sequence, about.created, about.quads)
