"""The one writer of a data folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kamara.config import Settings
from kamara.sparql.durable import disk_errors
from kamara.sparql.errors import LogError
from kamara.sparql.layout import Layout
from kamara.sparql.lock import writer_lock
from kamara.sparql.log import ChangeLog
from kamara.sparql.watcher import Watcher


@contextmanager
def writing(settings: Settings, watcher: Watcher) -> Iterator[tuple[Layout, ChangeLog]]:
    """Hold the writer's lock on a prepared data folder, with its log.

    Raises LockedError when another process writes, LogError when another Kamara wrote the folder or an
    erasure was cut short, DiskError when the disk fills up meanwhile.
    """
    with writing_alone(settings, watcher) as (layout, log):
        if layout.erasing.exists():
            raise LogError(
                "an erasure was cut short", where=str(layout.root), remedy="run `kamara erase --resume`"
            )
        yield layout, log


@contextmanager
def writing_alone(settings: Settings, watcher: Watcher) -> Iterator[tuple[Layout, ChangeLog]]:
    """The same for an erasure itself, which goes on where one was cut short."""
    layout = Layout(settings.data_dir)
    with writer_lock(layout.lock), disk_errors(layout.root):
        layout.prepare(settings.base_iri)
        yield layout, ChangeLog(layout, watcher)
