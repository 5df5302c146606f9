"""The data folder: what lies where, and which version of Kamara wrote it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from kamara.sparql import durable
from kamara.sparql.errors import LogError

FORMAT = 1


@dataclass(frozen=True)
class Layout:
    """Paths under one data folder.

    `FORMAT` names the folder's version and base IRI; `log/` holds the change sets (the truth), `raw/` the
    snapshots of the sources by sha256, `states/` each dataset's last state as sorted N-Triples (derived),
    `store/` the writer's store (derived), `versions/` the published read-only versions and `CURRENT`.
    """

    root: Path

    @property
    def marker(self) -> Path:
        """The file that names the version of the folder."""
        return self.root / "FORMAT"

    @property
    def log(self) -> Path:
        """The change log: one folder a change set."""
        return self.root / "log"

    @property
    def raw(self) -> Path:
        """Raw snapshots, compressed, by sha256."""
        return self.root / "raw"

    def raw_file(self, sha256: str) -> Path:
        """Where the raw snapshot with this sha256 lies."""
        return self.raw / sha256[:2] / f"{sha256}.zst"

    @property
    def states(self) -> Path:
        """The last state of each dataset."""
        return self.root / "states"

    @property
    def store(self) -> Path:
        """The writer's store and its position in the log."""
        return self.root / "store"

    @property
    def versions(self) -> Path:
        """Published versions."""
        return self.root / "versions"

    @property
    def current(self) -> Path:
        """The file that names the published version."""
        return self.versions / "CURRENT"

    @property
    def lock(self) -> Path:
        """The writer's lock."""
        return self.root / "lock"

    @property
    def tombstones(self) -> Path:
        """Salted hashes of what was erased."""
        return self.root / "tombstones.json"

    @property
    def erasing(self) -> Path:
        """The erasure that is under way; not there when none is."""
        return self.root / "erasing.json"

    @property
    def fetch(self) -> Path:
        """What each source's fetches came to, one JSON file a source, and what is being fetched."""
        return self.root / "fetch"

    def attempt(self, name: str) -> Path:
        """What a source's harvest that broke has got so far; not there when none did."""
        return self.fetch / f"{name}.attempt"

    @property
    def results(self) -> Path:
        """Pinned results, one folder each: what was asked of which version, and what it answered."""
        return self.root / "results"

    @property
    def jobs(self) -> Path:
        """Jobs and their answers, one folder each, for as long as they are kept."""
        return self.root / "jobs"

    @property
    def queries(self) -> Path:
        """The log of the queries that were asked."""
        return self.root / "queries"

    @property
    def scratch(self) -> Path:
        """Temporary files of a running load; emptied when a writer starts."""
        return self.root / "tmp"

    def prepare(self, base_iri: str) -> None:
        """Make the folder ready to write. Only the holder of the writer's lock may call this.

        Raises LogError when another version of Kamara, or one with another base IRI, wrote it.
        """
        self.check(base_iri)
        for folder in (self.log, self.raw, self.states, self.versions):
            folder.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir()
        if not self.marker.exists():
            content = {"format": FORMAT, "base_iri": base_iri}
            durable.write_bytes(self.marker, json.dumps(content).encode() + b"\n")
        durable.sync_folder(self.root)

    def check(self, base_iri: str) -> None:
        """Raise LogError unless the folder is new, or this version with this base IRI wrote it."""
        if not self.marker.exists():
            if self.log.exists() and any(self.log.iterdir()):
                raise LogError(
                    "has a log but no FORMAT file",
                    where=str(self.root),
                    remedy="restore the file from a backup, or name another data folder",
                )
            return
        try:
            content = json.loads(self.marker.read_text(encoding="utf-8"))
            found, base = content["format"], content["base_iri"]
        except (ValueError, KeyError, TypeError) as error:
            raise LogError(
                "cannot be read", where=str(self.marker), remedy="restore it from a backup"
            ) from error
        if found != FORMAT:
            raise LogError(
                f"was written in format {found}; this Kamara reads format {FORMAT}",
                where=str(self.root),
                remedy="run the Kamara that wrote it, or load the sources into a new data folder",
            )
        if base != base_iri:
            raise LogError(
                f"was written for the base {base}, the settings say {base_iri}",
                where=str(self.root),
                remedy="set base_iri back, or load the sources into a new data folder",
            )
