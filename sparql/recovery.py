"""From a backup to a data folder that can be served."""

from __future__ import annotations

from pathlib import Path

from kamara.config import Settings
from kamara.sparql.backup import restore
from kamara.sparql.durable import disk_errors
from kamara.sparql.layout import Layout
from kamara.sparql.lock import writer_lock
from kamara.sparql.log import ChangeLog
from kamara.sparql.rebuild import remake
from kamara.sparql.versions import Version
from kamara.sparql.watcher import Watcher


def recover(folder: Path, settings: Settings, watcher: Watcher) -> Version:
    """Restore the backup in `folder` into the (new) data folder of `settings`, and publish.

    Raises BackupError or LogError; a data folder that holds a log is never touched.
    """
    layout = Layout(settings.data_dir)
    with writer_lock(layout.lock), disk_errors(layout.root):
        found = restore(folder, layout, settings.base_iri)
        return remake(settings, layout, ChangeLog(layout, watcher), found.versions, watcher)
