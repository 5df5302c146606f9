"""`load`: from sources to one published version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.loaders.arrivals import Arrival, arriving, as_failure
from kamara.loaders.commit import Outcome
from kamara.loaders.derivation.running import derive_all
from kamara.loaders.intake import Intake
from kamara.loaders.needs import in_order
from kamara.loaders.source import Source, readable_sources
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.store import GraphStore
from kamara.sparql.versions import Version, Versions
from kamara.sparql.watcher import Watcher
from kamara.sparql.writer import writing


@dataclass
class LoadReport:
    """What a load did: one outcome a change set, failures by dataset, the version that readers see now."""

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
    """Load what was fetched and publish one version; note, source by source, what came of it.

    A source that needs another's dataset comes after it, and is mapped again when that dataset changed.
    """
    watcher, report = watcher or Watcher(), LoadReport()
    with writing(settings, watcher) as (layout, log):
        intake = Intake(settings, layout, log, watcher)
        intake.sweep()
        report.outcomes += intake.take_vocabulary()
        for source, arrival in _queue(settings, arrivals):
            try:
                taken = intake.take(source, arrival.files(log)) if arrival else intake.follow(source)
                for outcome in taken:
                    report.outcomes.append(outcome)
            except Exception as error:
                report.failures[source.name] = as_failure(error)
            if arrival:
                arrival.note(layout, log, report.failures.get(source.name))
        intake.sweep()
        publish(settings, layout, log, watcher, report)
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
        for other, _ in _queue(settings, ()):
            report.outcomes += intake.follow(other)
        publish(settings, layout, log, watcher, report)
    return report


def _queue(settings: Settings, arrivals: Sequence[Arrival]) -> Iterator[tuple[Source, Arrival | None]]:
    """All sources, those that others need first, each with what arrived for it."""
    arrived = {arrival.source.name: arrival for arrival in arrivals}
    sources = {name: arrival.source for name, arrival in arrived.items()}
    for name, source in readable_sources(settings.resources)[0].items():
        sources.setdefault(name, source)
    for name in in_order(sources, {name: source.about.needs for name, source in sources.items()}):
        yield sources[name], arrived.get(name)


def publish(settings: Settings, layout: Layout, log: ChangeLog, watcher: Watcher, report: LoadReport) -> None:
    """Derive what is made from what changed, and publish, unless readers see all that already."""
    versions = Versions(settings, watcher)
    store = GraphStore(layout, settings.base_iri, watcher)
    derived = derive_all(settings, layout, log, store, watcher)
    report.outcomes += derived.outcomes
    report.failures |= derived.failures
    store.catch_up(log)
    newest = versions.all()[-1:]
    if newest and newest[0].sequence == log.sequence and versions.current() == newest[0]:
        report.version = newest[0]
        return
    report.version, report.published = versions.publish(store, log), True
    report.collected = versions.collect()
