"""The store and published versions made again from the log."""

from __future__ import annotations

from collections.abc import Iterable

from kamara.config import Settings
from kamara.sparql.backup import KeptVersion
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.store import GraphStore, discard
from kamara.sparql.versions import Version, Versions
from kamara.sparql.watcher import Watcher
from kamara.sparql.writer import writing


def rebuild(settings: Settings, watcher: Watcher | None = None) -> Version:
    """Throw the store away, build it from the log, and publish it."""
    watcher = watcher or Watcher()
    with writing(settings, watcher) as (layout, log):
        return remake(settings, layout, log, (), watcher)


def remake(
    settings: Settings, layout: Layout, log: ChangeLog, wanted: Iterable[KeptVersion], watcher: Watcher
) -> Version:
    """Build a new store from the log and publish it; on the way, make the `wanted` versions as they were.

    Each gets its old number, what stood at its place in the log, and its pin.
    """
    discard(layout)
    store, versions = GraphStore(layout, settings.base_iri, watcher), Versions(settings, watcher)
    version: Version | None = None
    for kept in sorted(wanted, key=lambda item: item.number):
        store.catch_up(log, kept.sequence)
        version = versions.write(store, log, kept.number)
        if kept.pinned:
            versions.pin(kept.number)
    store.catch_up(log)
    if version is None or version.sequence < log.sequence:
        version = versions.write(store, log)
    return versions.point_to(version.number)
