"""The command `load`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kamara.cli.console import ProgressWatcher, complain, progress_line, say
from kamara.cli.summary import summary
from kamara.cli.validate import EngineName
from kamara.config import Settings
from kamara.loaders.errors import SourceError
from kamara.loaders.pipeline import LoadReport, load
from kamara.loaders.source import Source, choose, readable_sources


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("load", epilog="Example: kamara load budget-expenditure --from /srv/open-budget")(_load)


def _load(
    ctx: typer.Context,
    *,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Sources under mappings/; default: all.")
    ] = None,
    place: Annotated[
        Path | None,
        typer.Option(
            "--from", help="File or folder to read instead of fetching what the settings or source.toml say."
        ),
    ] = None,
    engine: Annotated[EngineName | None, typer.Option("--engine", help="Default: load.engine.")] = None,
) -> None:
    """Fetch sources, load them and publish one version.

    What is already loaded is not loaded again. A source that fails keeps what it had; the others go on.
    Exit codes: 0 loaded or nothing to do, 3 a source was refused, 4 another process is writing, 5 disk full.
    """
    settings: Settings = ctx.obj
    if engine is not None:
        chosen = settings.load.model_copy(update={"engine": engine.value})
        settings = settings.model_copy(update={"load": chosen})
    if place is not None and not names:
        raise SourceError("--from needs the names of the sources that lie there", remedy="name one or more")
    sources, broken = readable_sources(settings.resources)
    for name in names or ():
        if name in broken:
            raise broken[name]
    refused = [] if names else list(broken.values())
    report = load_with_progress(settings, choose(sources, names or []), place)
    for error in refused:
        complain(f"kamara: {error}")
    for name, failure in report.failures.items():
        complain(f"kamara: {name}: {failure}")
    failures = [*refused, *report.failures.values()]
    if failures:
        raise typer.Exit(max(failure.exit_code for failure in failures))


def load_with_progress(settings: Settings, sources: list[Source], place: Path | None) -> LoadReport:
    """Load sources and say what came of it."""
    with progress_line() as progress:
        report = load(settings, sources, place, ProgressWatcher(progress))
    for line in summary(report):
        say(line)
    return report
