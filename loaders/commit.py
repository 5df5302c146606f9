"""A coming state into the log: the dataset's rules first, then one change set."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kamara.loaders.derive import Derived
from kamara.loaders.rules import check_rules
from kamara.loaders.vocabulary import DATASET
from kamara.sparql import lines
from kamara.sparql.changeset import ChangeSet, Counts, Mode, Snapshot
from kamara.sparql.log import ChangeLog, Draft
from kamara.sparql.state import States


@dataclass(frozen=True)
class Coming:
    """The state that a dataset is to have: sorted lines on a file, and what it was made from.

    `taken`: of a dataset derived from others, the last change set of each of them. `by`: of an edited one,
    who changes it.
    """

    dataset: str
    mode: Mode
    recipe: str
    lines: Path
    triples: int
    derived: Derived
    snapshots: tuple[Snapshot, ...] = ()
    day: date | None = None
    rules: tuple[Path, ...] = ()
    taken: Mapping[str, int] = field(default_factory=dict)
    by: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one snapshot of a dataset came to, or what rules derived it to be. `day` is ISO 8601."""

    dataset: str
    files: tuple[str, ...]
    day: str | None
    counts: Counts
    is_derived: bool = False


def commit(coming: Coming, log: ChangeLog, states: States, base_iri: str) -> Outcome:
    """Append what turns the dataset's state into the coming one. Raises RuleError before it writes."""
    change_set = append(coming, states.read(coming.dataset), log, states, base_iri)
    states.accept(coming.lines, change_set)
    return outcome(coming, change_set)


def append(coming: Coming, known: Iterable[str], log: ChangeLog, states: States, base_iri: str) -> ChangeSet:
    """Append what turns the `known` lines into the coming ones. Raises RuleError before it writes."""
    check_rules(coming.rules, coming.lines, states.read(DATASET), base_iri)
    derived = coming.derived
    draft = Draft(
        coming.dataset,
        coming.mode,
        lines.compare(known, lines.read(coming.lines)),
        quarantine=lines.read(derived.held) if derived.held else (),
        snapshots=coming.snapshots,
        recipe=coming.recipe,
        day=coming.day.isoformat() if coming.day else None,
        taken=coming.taken,
        by=coming.by,
        counts=Counts(
            records=derived.records,
            published=derived.published,
            quarantined=derived.quarantined,
            stale=len(derived.held_back),
            triples=coming.triples,
        ),
    )
    return log.append(draft)


def outcome(coming: Coming, change_set: ChangeSet) -> Outcome:
    """What came of a coming state once it is in the log."""
    names = tuple(snapshot.name for snapshot in coming.snapshots)
    return Outcome(coming.dataset, names, change_set.manifest.day, change_set.manifest.counts)
