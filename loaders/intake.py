"""One source into the log: which of its files are new, and what each makes of its dataset."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path

from kamara.config import Settings
from kamara.loaders.coming import coming_state
from kamara.loaders.commit import Coming, Outcome, append, commit, outcome
from kamara.loaders.days import Days
from kamara.loaders.derive import Derived, Deriver, open_deriver
from kamara.loaders.errors import SourceError
from kamara.loaders.recipe import hash_files, recipe
from kamara.loaders.redaction import Redactor
from kamara.loaders.snapshots import RawFiles, SourceFile
from kamara.loaders.source import Source
from kamara.loaders.vocabulary import DATASET, vocabulary_files, vocabulary_lines
from kamara.sparql import lines
from kamara.sparql.changeset import Snapshot
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.state import States
from kamara.sparql.watcher import Watcher

Kept = tuple[SourceFile, Snapshot]


class Intake:
    """Takes sources into the log of a data folder. Hold the writer's lock while using it."""

    def __init__(self, settings: Settings, layout: Layout, log: ChangeLog, watcher: Watcher) -> None:
        self._settings = settings
        self._scratch = layout.scratch
        self._log = log
        self._states = States(layout, log)
        self._watcher = watcher
        self._raw = RawFiles(layout, layout.scratch)

    def sweep(self) -> None:
        """Remove raw snapshots that no change set names: what failed loads and redactions left behind."""
        self._raw.sweep({s.raw for change_set in self._log for s in change_set.manifest.snapshots})

    def take_vocabulary(self) -> Iterator[Outcome]:
        """Take the ontology and its code lists in, when they changed."""
        told = hash_files(vocabulary_files(self._settings))
        last = self._log.last(DATASET)
        if last is None or last.manifest.recipe != told:
            content = lines.sort(vocabulary_lines(self._settings), self._scratch)
            staged, triples = self._states.stage(DATASET, content)
            yield self._commit(Coming(DATASET, "replace", told, staged, triples, Derived(staged)))

    def take(self, source: Source, files: Sequence[SourceFile] | None) -> Iterator[Outcome]:
        """Take in those of the fetched `files` that are new to the dataset: one change set a snapshot.

        None: nothing was fetched, because nothing is new. A `history` source has one snapshot a day, any
        other one of all its files. When mapping, shapes or code lists changed, all that is known is derived
        again. Raises LoadError; earlier snapshots stay.
        """
        told, last = self._told(source), self._log.last(source.name)
        if files is None:
            if last is not None and last.manifest.recipe != told:
                yield from self.take_again(source)
            return
        kept = [(file, self._raw.keep(file)) for file in files]
        if source.about.mode == "history":
            new = self._unseen(source, kept)
            if last is not None and last.manifest.recipe != told:
                yield from self._take_days_again(source, told)
            yield from self._take_days(source, told, new)
        elif last is None or (told, {s.sha256 for _, s in kept}) != (
            last.manifest.recipe,
            {s.sha256 for s in last.manifest.snapshots},
        ):
            if source.about.mode == "append":
                self._require_one_origin(source, kept)
            yield self._commit(self._next(source, told, self._deriver(source), kept))

    def follow(self, source: Source) -> Iterator[Outcome]:
        """Derive a dataset again when one that it needs changed since; nothing when it was never loaded."""
        last = self._log.last(source.name)
        if last is not None and last.manifest.recipe.partition("+")[2] != self._needed(source):
            yield from self.take_again(source)

    def take_again(self, source: Source) -> Iterator[Outcome]:
        """Derive a dataset again from its kept snapshots. Raises SourceError when it was never loaded."""
        last, told = self._log.last(source.name), self._told(source)
        if last is None:
            raise SourceError(
                "was never loaded", where=source.name, remedy=f"run `kamara load {source.name}`"
            )
        if source.about.mode == "history":
            yield from self._take_days_again(source, told)
            return
        with ExitStack() as stack:
            kept = [(stack.enter_context(self._raw.unpacked(s, source)), s) for s in last.manifest.snapshots]
            yield self._commit(self._next(source, told, self._deriver(source), kept))

    def _told(self, source: Source) -> str:
        """What makes the dataset what it is besides its files: the recipe, and where its needs stand."""
        needed = self._needed(source)
        return f"{recipe(source, self._settings)}+{needed}" if needed else recipe(source, self._settings)

    def _needed(self, source: Source) -> str:
        """The datasets that the source needs, each with the change set that last changed it."""
        return "+".join(f"{name}@{self._changed(name)}" for name in source.about.needs)

    def _changed(self, dataset: str) -> int:
        counts = {item.sequence: item.manifest.counts for item in self._log.of(dataset)}
        return max((at for at, count in counts.items() if count.added or count.removed), default=0)

    def _deriver(self, source: Source) -> Deriver:
        return open_deriver(source, self._settings, self._states, self._scratch, self._watcher)

    def _unseen(self, source: Source, kept: list[Kept]) -> list[Kept]:
        """The files that a history has not taken in. Raises SourceError for one of a day gone by."""
        change_sets = self._log.of(source.name)
        seen = {(s.day, s.sha256) for item in change_sets for s in item.manifest.snapshots}
        last = max((item.manifest.day or "" for item in change_sets), default="")
        new = [(file, snapshot) for file, snapshot in kept if (snapshot.day, snapshot.sha256) not in seen]
        self._require_one_origin(source, new)
        for file, snapshot in new:
            if (snapshot.day or "") < last:
                raise SourceError(
                    f"is of {snapshot.day}, but {source.name} already stands at {last}",
                    where=str(file.path),
                    remedy="load days in their order; for an older day use a new data folder",
                )
        return new

    def _require_one_origin(self, source: Source, new: list[Kept]) -> None:
        """Raise SourceError when samples, simulated and real files would stand in one history."""
        kept = (s for item in self._log.of(source.name) for s in item.manifest.snapshots)
        known = {(s.sample, s.simulated) for s in kept}
        for file, snapshot in new:
            if known - {(snapshot.sample, snapshot.simulated)}:
                raise SourceError(
                    f"and the files that {source.name} holds are not all samples, all simulated or all real",
                    where=str(file.path),
                    remedy="load real files into a new data folder (--data)",
                )

    def _take_days(self, source: Source, told: str, new: list[Kept]) -> Iterator[Outcome]:
        """One change set a day. Of the days before the newest only what they change is looked at."""
        if not new:
            return
        deriver = self._deriver(source)
        *earlier, newest = new
        if earlier:
            yield from self._take_earlier(source, told, deriver, earlier)
        yield self._commit(self._next(source, told, deriver, [newest]))

    def _take_earlier(
        self, source: Source, told: str, deriver: Deriver, earlier: list[Kept]
    ) -> Iterator[Outcome]:
        days = self._days(source, deriver, self._states.read(source.name))
        try:
            for item in earlier:
                coming, before = self._taken(source, told, deriver, days, item)
                change_set = append(coming, before, self._log, self._states, self._settings.base_iri)
                yield outcome(coming, change_set)
            self._states.accept(self._states.stage(source.name, days.whole())[0], change_set)
        finally:
            days.close()

    def _days(self, source: Source, deriver: Deriver, known: Iterable[str]) -> Days:
        return Days(source, self._settings.base_iri, deriver, known, self._scratch)

    def _taken(
        self, source: Source, told: str, deriver: Deriver, days: Days, item: Kept
    ) -> tuple[Coming, Iterator[str]]:
        """A day's change of state, and the lines that it changes as they were."""
        day = days.take(item[0])
        state = day.after, day.triples
        coming = self._coming(source, told, deriver, [item], derived=day.derived, state=state)
        return coming, lines.read(day.before)

    def _next(self, source: Source, told: str, deriver: Deriver, kept: list[Kept]) -> Coming:
        known = partial(self._states.read, source.name)
        derived = deriver.derive([file for file, _ in kept], known)
        content = coming_state(source, self._settings.base_iri, known(), derived, kept[0][0])
        state = self._states.stage(source.name, content)
        return self._coming(source, told, deriver, kept, derived=derived, state=state)

    def _coming(
        self,
        source: Source,
        told: str,
        deriver: Deriver,
        kept: list[Kept],
        *,
        derived: Derived,
        state: tuple[Path, int],
    ) -> Coming:
        """What is to be committed: what was derived, and the state that it makes with its number of lines."""
        last = self._log.last(source.name)
        before = last.manifest.counts.records if last else 0
        if derived.records < before * source.about.shrink_limit:
            raise SourceError(
                f"holds {derived.records} records, the last snapshot had {before}; is it whole?",
                where=str(kept[-1][0].path),
                remedy="fetch it again; if the source did shrink, lower shrink_limit in its source.toml",
            )
        snapshots = [snapshot for _, snapshot in kept]
        if derived.has_erased:
            snapshots = self._redacted(source, deriver, snapshots)
        return Coming(
            source.name,
            source.about.mode,
            told,
            *state,
            derived,
            tuple(snapshots),
            kept[0][0].day,
            tuple(source.rule_files(self._settings.resources)),
        )

    def _redacted(self, source: Source, deriver: Deriver, snapshots: list[Snapshot]) -> list[Snapshot]:
        """The snapshots without the records of erased things, also in what is kept of them."""
        redactor = Redactor(self._raw, source, deriver, self._scratch)
        return [redactor.cut(snapshot) for snapshot in snapshots]

    def _take_days_again(self, source: Source, told: str) -> Iterator[Outcome]:
        """Fold all kept days of a history again into one change set."""
        snapshots = {s.day or "": s for item in self._log.of(source.name) for s in item.manifest.snapshots}
        days = self._days(source, self._deriver(source), ())
        try:
            for name in sorted(snapshots):
                with self._raw.unpacked(snapshots[name], source) as file:
                    derived, day = days.take(file).derived, file.day
            if snapshots:
                yield self._commit(self._again(source, told, derived, day, days.whole()))
        finally:
            days.close()

    def _again(
        self, source: Source, told: str, derived: Derived, day: date | None, content: Iterable[str]
    ) -> Coming:
        staged, triples = self._states.stage(source.name, content)
        rules = tuple(source.rule_files(self._settings.resources))
        return Coming(source.name, source.about.mode, told, staged, triples, derived, (), day, rules)

    def _commit(self, coming: Coming) -> Outcome:
        return commit(coming, self._log, self._states, self._settings.base_iri)
