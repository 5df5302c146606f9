"""A change to an edited dataset: from what an editor asks for to one change set, published."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.loaders.commit import Coming, commit
from kamara.loaders.dataset import Origin, dataset_iri, describe_dataset
from kamara.loaders.derive import Derived
from kamara.loaders.editing.change import Change, applied
from kamara.loaders.editing.description import EditedDataset, readable_edited
from kamara.loaders.editing.judgement import judge
from kamara.loaders.errors import AbsentError, ForbiddenError, InvalidEditError, RuleError, TooLargeError
from kamara.loaders.intake import Intake
from kamara.loaders.pipeline import LoadReport, publish
from kamara.loaders.recipe import hash_files
from kamara.sparql.durable import disk_errors
from kamara.sparql.errors import LockedError
from kamara.sparql.layout import Layout
from kamara.sparql.lines import subject
from kamara.sparql.log import ChangeLog
from kamara.sparql.state import States
from kamara.sparql.terms import literal
from kamara.sparql.tombstones import Tombstones
from kamara.sparql.versions import Versions
from kamara.sparql.watcher import Watcher
from kamara.sparql.writer import writing

VERSION = "http://www.w3.org/ns/dcat#version"
_LOOK_SECONDS = 0.1
_PUBLICATION = "publication"


@dataclass(frozen=True)
class Done:
    """What a change came to: its change set (0 when nothing changed) and the version that readers see.

    `created`: the graph was not there before. `unseen`: it could not be published, so the next load or change
    does that. `notes` say what could not be done beside it; the change itself is acknowledged.
    """

    dataset: str
    change: int
    added: int
    removed: int
    version: int | None
    created: bool = False
    unseen: bool = False
    notes: tuple[str, ...] = field(default=())


def state_of(change: int, triples: int) -> str:
    """The name of a state of a graph, for entity tags: its last change set and its size.

    An erasure takes triples out of a state without a change set of its own.
    """
    return f"{change}.{triples}"


def edit(settings: Settings, change: Change, watcher: Watcher | None = None) -> Done:
    """Make a change, as a whole or not at all, and publish it.

    Raises EditError when it is refused, LockedError when another process writes for longer than
    `write.wait_seconds`, and SourceError when the dataset's own files cannot be used.
    """
    watcher = watcher or Watcher()
    edited = _find(settings, change)
    with _writing(settings, watcher) as (layout, log):
        return _Editing(settings, layout, log, watcher, edited).make(change)


def _find(settings: Settings, change: Change) -> EditedDataset:
    """The dataset that is to be changed. Raises ForbiddenError when its editor may not."""
    found, broken = readable_edited(settings.resources)
    if change.dataset in broken:
        raise broken[change.dataset]
    if change.dataset not in found or change.dataset not in change.editor.datasets:
        raise ForbiddenError(
            f"the token {change.editor.name!r} may not write into {change.dataset!r}",
            remedy=f"it may write into: {', '.join(change.editor.datasets) or 'none'}",
        )
    return found[change.dataset]


@contextmanager
def _writing(settings: Settings, watcher: Watcher) -> Iterator[tuple[Layout, ChangeLog]]:
    """The writer's lock; waits for another process to end."""
    end = time.monotonic() + settings.write.wait_seconds
    with ExitStack() as stack:
        while True:
            try:
                held = stack.enter_context(writing(settings, watcher))
                break
            except LockedError:
                if time.monotonic() > end:
                    raise
                time.sleep(_LOOK_SECONDS)
        yield held


class _Editing:
    """One change while the writer's lock is held."""

    def __init__(
        self, settings: Settings, layout: Layout, log: ChangeLog, watcher: Watcher, edited: EditedDataset
    ) -> None:
        self._settings = settings
        self._layout = layout
        self._log = log
        self._watcher = watcher
        self._edited = edited
        self._states = States(layout, log)
        self._own = f"<{dataset_iri(settings.base_iri, edited.name)}>"

    def make(self, change: Change) -> Done:
        """Make the change, publish it, and say what came of it."""
        known = list(self._states.read(self._edited.name))
        change.condition.check(self._state(known))
        before = [line for line in known if subject(line) != self._own]
        # A graph that was read and is sent back holds what Kamara said of the dataset; it says that again.
        told = {_predicate(line) for line in self._described(0)}
        coming = applied(change.operations, before)
        after = [line for line in coming if subject(line) != self._own or _predicate(line) not in told]
        exists = _exists(change, known)
        if after == before and exists == bool(known):
            return self._done(change.dataset, 0, 0, 0, LoadReport())
        self._judge(after)
        report = LoadReport()
        report.outcomes += self._intake().take_vocabulary()
        self._commit(change.editor.name, after if exists else None)
        added, removed = len({*after} - {*before}), len({*before} - {*after})
        sequence = self._log.sequence
        self._publish(report)
        done = self._done(change.dataset, sequence, added, removed, report)
        return replace(done, created=exists and not known)

    def _state(self, known: Sequence[str]) -> str | None:
        """The name of the state of the graph; None when there is none."""
        last = self._log.last(self._edited.name)
        return state_of(last.sequence, len(known)) if known and last else None

    def _judge(self, after: Sequence[str]) -> None:
        limit = self._settings.write.max_triples
        if len(after) > limit:
            raise TooLargeError(
                f"the graph would hold {len(after)} triples, {limit} are allowed (write.max_triples)",
                remedy="load so much from a source: see CONTRIBUTING.md",
            )
        judge(after, self._edited, self._settings, Tombstones(self._layout.tombstones).covers)

    def _commit(self, editor: str, after: Sequence[str] | None) -> None:
        """Append what turns the state into `after`, or into nothing at all. Raises InvalidEditError."""
        edited, base_iri = self._edited, self._settings.base_iri
        resources = self._settings.resources
        shapes, rules = edited.shape_files(resources), edited.rule_files(resources)
        described = [] if after is None else self._described(self._log.sequence + 1)
        staged, triples = self._states.stage(edited.name, sorted([*(after or ()), *described]))
        coming = Coming(
            edited.name,
            "replace",
            hash_files([edited.mapping, *shapes, *rules]),
            staged,
            triples,
            Derived(staged, records=len(set(map(subject, after or ())))),
            rules=tuple(rules),
            by=editor,
        )
        try:
            commit(coming, self._log, self._states, base_iri)
        except RuleError as error:
            raise InvalidEditError(error.what, where=error.where, remedy=error.remedy) from error

    def _described(self, sequence: int) -> list[str]:
        """What the dataset says of itself: also the change set in which it became what it is."""
        origin, today = Origin(self._edited.about.source), datetime.now(UTC).date()
        described = describe_dataset(self._edited, self._settings.base_iri, origin, today)
        return [*described, f"{self._own} <{VERSION}> {literal(str(sequence))} .\n"]

    def _publish(self, report: LoadReport) -> None:
        """Let readers see the change. What is in the log already is acknowledged, whatever fails here."""
        try:
            with disk_errors(self._layout.root):
                publish(self._settings, self._layout, self._log, self._watcher, report)
        except KamaraError as error:
            report.failures[_PUBLICATION] = error

    def _intake(self) -> Intake:
        return Intake(self._settings, self._layout, self._log, self._watcher)

    def _done(self, dataset: str, change: int, added: int, removed: int, report: LoadReport) -> Done:
        version = report.version or Versions(self._settings).current()
        notes = tuple(f"{name}: {failure.what}" for name, failure in report.failures.items())
        number, unseen = version.number if version else None, _PUBLICATION in report.failures
        return Done(dataset, change, added, removed, number, unseen=unseen, notes=notes)


def _exists(change: Change, known: Sequence[str]) -> bool:
    """Whether there is a graph after the change. Raises AbsentError when one is to go that is not there."""
    kinds = {operation.kind for operation in change.operations}
    if "drop" not in kinds:
        return bool(known) or kinds != {"remove"}
    if not known:
        raise AbsentError(f"there is no graph of {change.dataset!r}", remedy="nothing is to be done")
    return False


def _predicate(line: str) -> str:
    return line.split(" ", 2)[1]
