"""The files of a source as they were read: kept by sha256, once, so that any load can be done again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import zstandard

from kamara.loaders.errors import SourceError
from kamara.loaders.source import Source
from kamara.sparql import durable
from kamara.sparql.changeset import Snapshot, digest
from kamara.sparql.layout import Layout

_BLOCK = 1 << 20


@dataclass(frozen=True)
class SourceFile:
    """A file to read now: where it lies, the columns that its name gives, its day if the source has days.

    `sample` says that it is one of the samples that come with the mapping, `simulated` that the settings call
    it simulated.
    """

    path: Path
    fields: dict[str, str]
    day: date | None
    sample: bool = False
    simulated: bool = False


def describe(source: Source, name: str, path: Path) -> SourceFile:
    """What the name of a file says: its columns and its day."""
    match = re.fullmatch(source.about.files.name, name)
    if match is None:
        raise SourceError(
            f"does not fit the name {source.about.files.name!r} of {source.name}",
            where=str(path),
            remedy="rename the file, or correct files.name in source.toml",
        )
    groups = {key: value or "" for key, value in match.groupdict().items()}
    day = None
    if source.about.history is not None:
        try:
            day = date.fromisoformat(source.about.history.day.format(**groups))
        except (ValueError, KeyError) as error:
            raise SourceError(
                "its name gives no valid day", where=str(path), remedy="rename it, or correct history.day"
            ) from error
    return SourceFile(path, {f"file.{key}": value for key, value in groups.items()}, day)


class RawFiles:
    """Raw snapshots under the data folder, compressed, each once under its sha256."""

    def __init__(self, layout: Layout, scratch: Path) -> None:
        self._layout = layout
        self._scratch = scratch

    def keep(self, file: SourceFile) -> Snapshot:
        """Keep the bytes of a file; gives their description."""
        sha256, size = hashlib.sha256(), 0
        with file.path.open("rb") as content:
            while block := content.read(_BLOCK):
                sha256.update(block)
                size += len(block)
        snapshot = Snapshot(
            name=file.path.name,
            sha256=sha256.hexdigest(),
            size=size,
            day=file.day.isoformat() if file.day else None,
            sample=file.sample,
            simulated=file.simulated,
        )
        target = self._layout.raw_file(snapshot.sha256)
        if not target.exists():
            self._store(file.path, target)
        return snapshot

    @contextmanager
    def unpacked(self, snapshot: Snapshot, source: Source) -> Iterator[SourceFile]:
        """A kept snapshot as a file again, for as long as the context lasts."""
        if not snapshot.raw:
            raise SourceError(
                "nothing is kept of it since an erasure", where=snapshot.name, remedy="fetch its source again"
            )
        kept = self._layout.raw_file(snapshot.raw)
        if not kept.exists():
            raise SourceError(
                f"the raw snapshot of {snapshot.name} is gone",
                where=str(kept),
                remedy="restore it from a backup",
            )
        folder = self._scratch / snapshot.sha256
        folder.mkdir(exist_ok=True)
        path = folder / snapshot.name
        try:
            with kept.open("rb") as packed, path.open("wb") as plain:
                zstandard.ZstdDecompressor().copy_stream(packed, plain)
            file = describe(source, snapshot.name, path)
            yield replace(file, sample=snapshot.sample, simulated=snapshot.simulated)
        finally:
            path.unlink(missing_ok=True)

    def replace(self, snapshot: Snapshot, rest: Path | None) -> Snapshot:
        """Keep only the file `rest` of a snapshot, or nothing of it; gives the snapshot that says so."""
        kept = digest(rest) if rest else ""
        if rest:
            self._store(rest, self._layout.raw_file(kept))
        return snapshot.model_copy(update={"kept": kept})

    def sweep(self, referenced: Collection[str]) -> None:
        """Remove what loads that failed left: snapshots whose sha256 no change set names."""
        for path in self._layout.raw.glob("*/*"):
            if path.name.removesuffix(".zst") not in referenced:
                path.unlink()

    def _store(self, path: Path, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        durable.sync_folder(target.parent.parent)
        with durable.staged_file(target) as staged, path.open("rb") as plain, staged.open("wb") as packed:
            zstandard.ZstdCompressor(level=6).copy_stream(plain, packed)
