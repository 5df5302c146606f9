"""The one writer of a data folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kamara.config import Settings
from kamara.sparql.durable import disk_errors
from kamara.sparql.layout import Layout
from kamara.sparql.lock import writer_lock
from kamara.sparql.log import ChangeLog
from kamara.sparql.watcher import Watcher


@contextmanager
def writing(settings: Settings, watcher: Watcher) -> Iterator[tuple[Layout, ChangeLog]]:
    """Hold the writer's lock on a prepared data folder, with its log.

    Raises LockedError when another process writes, LogError when another Kamara wrote the folder, DiskError
    when the disk fills up meanwhile.
    """
    layout = Layout(settings.data_dir)
    with writer_lock(layout.lock), disk_errors(layout.root):
        layout.prepare(settings.base_iri)
        yield layout, ChangeLog(layout, watcher)
