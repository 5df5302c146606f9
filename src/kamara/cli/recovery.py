"""The commands against loss, and for what must be lost: `backup`, `restore`, `erase`."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from kamara.cli.console import ProgressWatcher, complain, progress_line, say
from kamara.config import Settings
from kamara.loaders.erase import erase, resume
from kamara.loaders.source import read_sources
from kamara.sparql.backup import backup, read_backup
from kamara.sparql.layout import Layout
from kamara.sparql.recovery import recover
from kamara.sparql.versions import Version, Versions


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("backup", epilog="Example: kamara backup /mnt/backup/kamara")(_backup)
    app.command("restore", epilog="Example: kamara --data restored restore /mnt/backup/kamara")(_restore)
    app.command("erase", epilog="Example: kamara erase https://data.thessaloniki.gr/id/report/42")(_erase)


def _erase(
    ctx: typer.Context,
    *,
    iri: Annotated[str | None, typer.Argument(help="Address of the thing, with the base IRI.")] = None,
    go_on: Annotated[bool, typer.Option("--resume", help="Finish an erasure that was cut short.")] = False,
) -> None:
    """Take a thing and its parts out of everything under the data folder, for good.

    The log, raw snapshots, quarantine, the store and all versions are rewritten; a tombstone without the data
    keeps the thing from coming back. Backups, exports and static sites outside the data folder are yours to
    make again.
    """
    settings: Settings = ctx.obj
    if (iri is None) != go_on:
        raise typer.BadParameter("name an address, or give --resume", param_hint="IRI")
    sources = read_sources(settings.resources)
    with progress_line() as progress:
        watcher = ProgressWatcher(progress)
        done = erase(settings, iri, sources, watcher) if iri else resume(settings, sources, watcher)
    for name, failure in done.failures.items():
        complain(f"kamara: {name}: {failure}")
    say(f"erased from {', '.join(done.datasets)}; published version {done.version.number}")
    say("make backups, exports and static sites again: older ones still hold it")


def _backup(
    ctx: typer.Context, *, folder: Annotated[Path, typer.Argument(help="Folder of the backup.")]
) -> None:
    """Copy the log and the raw snapshots to a folder; what is there already is not copied again.

    Kamara may serve and load meanwhile.
    """
    settings: Settings = ctx.obj
    layout = Layout(settings.data_dir)
    layout.check(settings.base_iri)
    found = backup(layout, Versions(settings).all(), folder)
    say(f"{folder} holds {found.sequence} change sets, as of {found.created}")


def _restore(
    ctx: typer.Context,
    *,
    folder: Annotated[Path, typer.Argument(help="Folder that `kamara backup` wrote.")],
    drill: Annotated[
        bool,
        typer.Option("--drill", help="Try it in a temporary folder, say how long it took."),
    ] = False,
) -> None:
    """Make a new data folder from a backup: verify every file, build the store, publish.

    Pinned versions and the last one get their old numbers.
    """
    settings: Settings = ctx.obj
    if not drill:
        _say(folder, settings, _recover(folder, settings))
        return
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="kamara-drill-") as place:
        aside = settings.model_copy(update={"data_dir": Path(place) / "data"})
        _say(folder, aside, _recover(folder, aside))
    say(f"the drill took {time.monotonic() - began:.1f} s and left nothing behind")


def _recover(folder: Path, settings: Settings) -> Version:
    with progress_line() as progress:
        return recover(folder, settings, ProgressWatcher(progress))


def _say(folder: Path, settings: Settings, version: Version) -> None:
    found = read_backup(folder)
    say(
        f"restored {found.sequence} change sets of {found.created} to {settings.data_dir}; "
        f"published version {version.number}: {version.quads:,} triples"
    )
