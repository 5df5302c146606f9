"""`load`: from sources to one published version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.loaders.arrivals import Arrival, arriving, as_failure
from kamara.loaders.commit import Outcome
from kamara.loaders.intake import Intake
from kamara.loaders.source import Source
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.store import GraphStore
from kamara.sparql.versions import Version, Versions
from kamara.sparql.watcher import Watcher
from kamara.sparql.writer import writing


@dataclass
class LoadReport:
    """What a load did: one outcome a change set, the failures by source, the version that readers see now."""

    outcomes: list[Outcome] = field(default_factory=list)
    failures: dict[str, KamaraError] = field(default_factory=dict)
    version: Version | None = None
    published: bool = False
    collected: list[int] = field(default_factory=list)

    @property
    def changed(self) -> bool:
        """Whether any triple was added or removed."""
        return any(outcome.counts.added or outcome.counts.removed for outcome in self.outcomes)


def load(
    settings: Settings, sources: list[Source], place: Path | None = None, watcher: Watcher | None = None
) -> LoadReport:
    """Fetch `sources`, load them and the ontology, and publish one version.

    `place`: a file or folder to read instead. A source that fails is in `failures`; what it had before stays,
    and the others go on.
    """
    with arriving(settings, sources, place) as arrivals:
        return take_in(settings, arrivals, watcher)


def take_in(settings: Settings, arrivals: Sequence[Arrival], watcher: Watcher | None = None) -> LoadReport:
    """Load what was fetched and publish one version; then, source by source, note what came of it."""
    watcher, report = watcher or Watcher(), LoadReport()
    with writing(settings, watcher) as (layout, log):
        intake = Intake(settings, layout, log, watcher)
        intake.sweep()
        report.outcomes += intake.take_vocabulary()
        for arrival in arrivals:
            try:
                for outcome in intake.take(arrival.source, arrival.files(log)):
                    report.outcomes.append(outcome)
            except Exception as error:
                report.failures[arrival.source.name] = as_failure(error)
            arrival.note(layout, log, report.failures.get(arrival.source.name))
        intake.sweep()
        _publish(settings, layout, log, watcher, report)
    return report


def release(settings: Settings, source: Source, watcher: Watcher | None = None) -> LoadReport:
    """Map the kept snapshots of `source` again with today's mapping, codes and shapes, and publish.

    Records that are good now leave quarantine; those that are still bad stay there.
    """
    watcher, report = watcher or Watcher(), LoadReport()
    with writing(settings, watcher) as (layout, log):
        intake = Intake(settings, layout, log, watcher)
        report.outcomes += intake.take_vocabulary()
        report.outcomes += intake.take_again(source)
        _publish(settings, layout, log, watcher, report)
    return report


def _publish(
    settings: Settings, layout: Layout, log: ChangeLog, watcher: Watcher, report: LoadReport
) -> None:
    """Bring the store up to the log and publish it, unless readers see all that already."""
    versions = Versions(settings, watcher)
    store = GraphStore(layout, settings.base_iri, watcher)
    store.catch_up(log)
    newest = versions.all()[-1:]
    if newest and newest[0].sequence == log.sequence and versions.current() == newest[0]:
        report.version = newest[0]
        return
    report.version, report.published = versions.publish(store, log), True
    report.collected = versions.collect()
