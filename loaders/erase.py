"""`erase`: a thing taken out of everything under the data folder, and kept from coming back."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.loaders.derivation.contributions import contributions
from kamara.loaders.derivation.running import derive_all
from kamara.loaders.derive import open_deriver
from kamara.loaders.errors import SourceError
from kamara.loaders.redaction import Redactor
from kamara.loaders.snapshots import RawFiles
from kamara.loaders.source import Source
from kamara.sparql import durable
from kamara.sparql.backup import KeptVersion
from kamara.sparql.changeset import Snapshot
from kamara.sparql.erasure import Target, mentions, scrub, scrub_results
from kamara.sparql.gone import GONE
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.rebuild import remake
from kamara.sparql.results.archive import ResultArchive
from kamara.sparql.state import States
from kamara.sparql.store import GraphStore, discard
from kamara.sparql.tombstones import Tombstones
from kamara.sparql.versions import Version, Versions
from kamara.sparql.watcher import Watcher
from kamara.sparql.writer import writing_alone


class _Journal(BaseModel):
    """What an erasure has to do: kept until it is done, so that it can be taken up after a crash.

    `results`: by derived dataset, what was made with the thing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    iri: str
    datasets: tuple[str, ...]
    results: dict[str, tuple[str, ...]] = {}
    pinned: tuple[KeptVersion, ...]


@dataclass(frozen=True)
class Erased:
    """What an erasure came to: the datasets that had held the thing, and the version without it.

    `failures`: derived datasets that could not be made again; they lack what was made with the thing.
    """

    datasets: tuple[str, ...]
    version: Version
    failures: dict[str, KamaraError]


def erase(settings: Settings, iri: str, sources: dict[str, Source], watcher: Watcher) -> Erased:
    """Erase the thing `iri` and its parts (`iri/...`, `iri~...`) from all that stands in the data folder.

    A tombstone without the data stays: what describes the thing is held back from then on. Raises SourceError
    when nothing mentions it.
    """
    with writing_alone(settings, watcher) as (layout, log):
        eraser = Eraser(settings, layout, sources, watcher)
        eraser.begin(iri, log)
        return eraser.finish()


def resume(settings: Settings, sources: dict[str, Source], watcher: Watcher) -> Erased:
    """Finish an erasure that was cut short. Raises SourceError when there is none."""
    with writing_alone(settings, watcher) as (layout, _):
        return Eraser(settings, layout, sources, watcher).finish()


class Eraser:
    """An erasure in a data folder, from its journal to its end. Every step may be done again."""

    def __init__(
        self, settings: Settings, layout: Layout, sources: dict[str, Source], watcher: Watcher
    ) -> None:
        self._settings = settings
        self._layout = layout
        self._sources = sources
        self._watcher = watcher
        self._raw = RawFiles(layout, layout.scratch)

    def begin(self, iri: str, log: ChangeLog) -> None:
        """Write the journal. Raises SourceError when nothing mentions `iri` or another erasure is open."""
        where, target = str(self._layout.root), Target(iri)
        if self._layout.erasing.exists():
            raise SourceError(
                "another erasure was cut short", where=where, remedy="run `kamara erase --resume` first"
            )
        held = tuple(name for name in log.datasets() if any(mentions(item, target) for item in log.of(name)))
        if not held:
            raise SourceError(f"nothing mentions <{iri}>", where=where, remedy="look at the address again")
        pinned = tuple(
            KeptVersion(number=version.number, sequence=version.sequence, pinned=True)
            for version in Versions(self._settings).all()
            if version.pinned
        )
        store = GraphStore(self._layout, self._settings.base_iri, self._watcher)
        store.catch_up(log)
        results = contributions(self._settings, log, store, target)
        journal = _Journal(iri=iri, datasets=held, results=results, pinned=pinned)
        durable.write_bytes(self._layout.erasing, journal.model_dump_json().encode())
        self._watcher.step("erase.begin")

    def finish(self) -> Erased:
        """Do what the journal says, and remove it. Raises SourceError when there is none."""
        layout = self._layout
        if not layout.erasing.exists():
            raise SourceError(
                "no erasure was cut short", where=str(layout.root), remedy="nothing is to be done"
            )
        journal = _Journal.model_validate_json(layout.erasing.read_bytes())
        Tombstones(layout.tombstones).add(journal.iri)
        self._watcher.step("erase.tombstone")
        for dataset in journal.datasets:
            self._scrub(dataset, Target(journal.iri))
            self._watcher.step("erase.scrubbed")
        for attempt in layout.fetch.glob(layout.attempt("*").name):
            shutil.rmtree(attempt)
        for dataset, results in journal.results.items():
            self._scrub_results(dataset, frozenset(results))
            self._watcher.step("erase.results")
        log = ChangeLog(layout, self._watcher)
        self._raw.sweep({s.raw for item in log for s in item.manifest.snapshots})
        failures = self._derive_again(log) if journal.results else {}
        version = self._remake(journal, log)
        ResultArchive(layout).forget(journal.iri, Versions(self._settings))
        shutil.rmtree(layout.jobs, ignore_errors=True)
        self._watcher.step("erase.versions")
        layout.erasing.unlink()
        durable.sync_folder(layout.root)
        return Erased((*journal.datasets, *(journal.results.keys() - {*journal.datasets})), version, failures)

    def _scrub(self, dataset: str, target: Target) -> None:
        cut, total = self._cutter(dataset, target), 0
        for change_set in ChangeLog(self._layout).of(dataset):
            snapshots = tuple(map(cut, change_set.manifest.snapshots))
            total = scrub(change_set, target, snapshots, total)
        self._forget_states(dataset)

    def _scrub_results(self, dataset: str, results: frozenset[str]) -> None:
        total = 0
        for change_set in ChangeLog(self._layout).of(dataset):
            total = scrub_results(change_set, results, total)
        self._forget_states(dataset)

    def _forget_states(self, dataset: str) -> None:
        for state in self._layout.states.glob(f"{dataset}@*"):
            state.unlink()

    def _derive_again(self, log: ChangeLog) -> dict[str, KamaraError]:
        """Make the derived datasets again from what is left; the store still holds what is not."""
        discard(self._layout)
        store = GraphStore(self._layout, self._settings.base_iri, self._watcher)
        return derive_all(self._settings, self._layout, log, store, self._watcher).failures

    def _cutter(self, dataset: str, target: Target) -> Callable[[Snapshot], Snapshot]:
        """What takes the thing out of a raw snapshot; all of it, when nobody knows the source any more."""
        source, scratch = self._sources.get(dataset), self._layout.scratch
        if source is None:
            return lambda snapshot: self._raw.replace(snapshot, None)
        states = States(self._layout, ChangeLog(self._layout))
        deriver = open_deriver(source, self._settings, states, scratch, self._watcher)
        redactor = Redactor(self._raw, source, deriver, scratch)
        return lambda snapshot: redactor.cut(snapshot, target.iri)

    def _remake(self, journal: _Journal, log: ChangeLog) -> Version:
        """Pinned versions made again under their numbers, and a new current one; all others removed."""
        versions = Versions(self._settings)
        for version in versions.all():
            (version.folder / GONE).unlink(missing_ok=True)
        made = remake(self._settings, self._layout, log, journal.pinned, self._watcher)
        wanted = {made.number, *(kept.number for kept in journal.pinned)}
        for version in versions.all():
            if version.number not in wanted:
                versions.remove(version.number)
        return made
