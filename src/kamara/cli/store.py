"""The commands on the store and its published versions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kamara.cli.console import ProgressWatcher, progress_line, say, table
from kamara.config import Settings
from kamara.sparql.errors import VersionError
from kamara.sparql.export import export
from kamara.sparql.rebuild import rebuild
from kamara.sparql.versions import Versions
from kamara.sparql.watcher import Watcher
from kamara.sparql.writer import writing

Number = Annotated[int, typer.Argument(help="Number of a published version.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("versions", epilog="Example: kamara versions")(_versions)
    app.command("rollback", epilog="Example: kamara rollback 12")(_rollback)
    app.command("pin", epilog="Example: kamara pin 12")(_pin)
    app.command("unpin", epilog="Example: kamara unpin 12")(_unpin)
    app.command("gc", epilog="Example: kamara gc")(_gc)
    app.command("rebuild", epilog="Example: kamara rebuild")(_rebuild)
    app.command("export", epilog="Example: kamara export city.nq.zst")(_export)


def _versions(ctx: typer.Context) -> None:
    """List the published versions that are kept, oldest first."""
    versions = Versions(ctx.obj)
    current = versions.current()
    table(
        ["version", "", "created", "triples", "log position"],
        [
            [
                str(version.number),
                " ".join(
                    word
                    for word, holds in (("current", version == current), ("pinned", version.pinned))
                    if holds
                ),
                version.created,
                f"{version.quads:,}",
                str(version.sequence),
            ]
            for version in versions.all()
        ],
    )


def _rollback(ctx: typer.Context, *, number: Number) -> None:
    """Let readers see an older version. The log stays as it is; the next load publishes all of it."""
    settings: Settings = ctx.obj
    with writing(settings, Watcher()):
        version = Versions(settings).point_to(number)
    say(f"readers see version {version.number} of {version.created}")


def _pin(ctx: typer.Context, *, number: Number) -> None:
    """Keep a version for good, because something cites it."""
    Versions(ctx.obj).pin(number)
    say(f"version {number} is kept until `kamara unpin {number}`")


def _unpin(ctx: typer.Context, *, number: Number) -> None:
    """Let a pinned version go when its time comes."""
    versions = Versions(ctx.obj)
    versions.unpin(number)
    if versions.get(number).cited:
        say(f"version {number} stays: pinned results cite it (`kamara result list`)")
    else:
        say(f"version {number} is no longer pinned")


def _gc(ctx: typer.Context) -> None:
    """Remove old versions beyond the limits; the current, pinned and used ones stay."""
    settings: Settings = ctx.obj
    with writing(settings, Watcher()):
        removed = Versions(settings).collect()
    say(f"removed {', '.join(map(str, removed))}" if removed else "nothing to remove")


def _rebuild(ctx: typer.Context) -> None:
    """Build the store anew from the log and publish it."""
    with progress_line() as progress:
        version = rebuild(ctx.obj, ProgressWatcher(progress))
    say(f"published version {version.number}: {version.quads:,} triples from {version.sequence} change sets")


def _export(
    ctx: typer.Context,
    *,
    out: Annotated[Path, typer.Argument(help="File to write: .nq or .trig, with .gz or .zst if you like.")],
    number: Annotated[int | None, typer.Option("--version", help="Default: the current version.")] = None,
) -> None:
    """Write a whole published version to one file."""
    versions = Versions(ctx.obj)
    version = versions.get(number) if number is not None else versions.current()
    if version is None:
        raise VersionError("nothing is published yet", remedy="run `kamara load` first")
    with versions.lease(version):
        export(version, out)
    say(f"wrote version {version.number}, {version.quads:,} triples, to {out}")
