"""One change set: what a load added to and removed from one dataset, with where it came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from kamara.sparql import lines
from kamara.sparql.errors import LogError
from kamara.sparql.layout import FORMAT

ADDS = "adds.nt.zst"
REMOVES = "removes.nt.zst"
QUARANTINE = "quarantine.jsonl.zst"
MANIFEST = "manifest.json"

Mode = Literal["replace", "append", "history"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Snapshot(_Part):
    """One file of a source as it was read: its name, the sha256 and number of its bytes, its day if any.

    `sample` says that it is one of the samples that come with the mapping, `simulated` that the settings call
    it simulated. `kept` is set when records were cut out of what is kept of it, because they are erased: the
    sha256 of the rest, empty when none is kept.
    """

    name: str
    sha256: str
    size: int
    day: str | None = None
    sample: bool = False
    simulated: bool = False
    kept: str | None = None

    @property
    def raw(self) -> str:
        """The sha256 of what is kept of the file; empty when nothing is."""
        return self.sha256 if self.kept is None else self.kept


class Counts(_Part):
    """Records of the source and triples of the dataset."""

    records: int = 0
    published: int = 0
    quarantined: int = 0
    stale: int = 0
    added: int = 0
    removed: int = 0
    triples: int = 0


class Manifest(_Part):
    """The small JSON file beside the changes. Times are ISO 8601 in UTC; hashes are sha256 in hex.

    `taken` is that of a dataset derived from others: the last change set of each that is taken in. `by` is
    that of an edited dataset: the name of the token with which it was changed.
    """

    format: int = FORMAT
    sequence: int
    dataset: str
    mode: Mode
    day: str | None = None
    snapshots: tuple[Snapshot, ...] = ()
    recipe: str = ""
    taken: dict[str, int] = {}
    by: str = ""
    counts: Counts = Counts()
    started: str
    committed: str
    files: dict[str, str] = {}


class ChangeSet:
    """A committed change set in its folder of the log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = _read_manifest(folder / MANIFEST)

    @property
    def sequence(self) -> int:
        """Its place in the log, from 1."""
        return self.manifest.sequence

    @property
    def dataset(self) -> str:
        """The dataset that it changes."""
        return self.manifest.dataset

    def adds(self) -> Iterator[str]:
        """Lines added, sorted."""
        return lines.read(self.folder / ADDS)

    def removes(self) -> Iterator[str]:
        """Lines removed, sorted."""
        return lines.read(self.folder / REMOVES)

    def quarantine(self) -> Iterator[str]:
        """JSON lines, one a quarantined record."""
        return lines.read(self.folder / QUARANTINE)

    def verify(self) -> None:
        """Raise LogError when a file is not what the manifest says."""
        for name, expected in self.manifest.files.items():
            path = self.folder / name
            if not path.is_file() or digest(path) != expected:
                raise LogError(
                    "is missing or damaged", where=str(path), remedy="restore the log from a backup"
                )


def digest(path: Path) -> str:
    """The sha256 of a file, in hex."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _read_manifest(path: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise LogError(
            "is missing, damaged or from another version",
            where=str(path),
            remedy="restore the log from a backup, or use the Kamara that wrote it",
        ) from error
