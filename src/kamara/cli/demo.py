"""The command `demo`: samples that hold facts, a small simulated city for the others, and a server."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from typing import Annotated

import typer

from kamara.cli.console import complain, say
from kamara.cli.load import load_with_progress
from kamara.cli.serve import run_server
from kamara.config import Settings, SourceSettings
from kamara.loaders.source import Source, read_sources
from kamara.simulator.city import is_whole, simulate

_SCALE, _DAYS, _SEED = 0.05, 60, 1


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("demo", epilog="Example: kamara demo --port 8080")(_demo)


def _demo(
    ctx: typer.Context,
    *,
    host: Annotated[str | None, typer.Option(help="Address to bind to; default: the setting host.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; default: the setting port.")] = None,
) -> None:
    """Load every source and serve it: samples that hold facts, and a small simulated city for the rest."""
    sources = list(read_sources(ctx.obj.resources).values())
    settings = with_city(ctx.obj, sources)
    samples = [source.from_sample() for source in sources]
    report = load_with_progress(settings, samples, None)
    for name, failure in report.failures.items():
        complain(f"kamara: {name}: {failure}")
    run_server(settings, host or settings.host, settings.port if port is None else port)


def with_city(settings: Settings, sources: list[Source]) -> Settings:
    """The settings with a small simulated city for those of `sources` whose samples are simulated.

    It is written under the data folder, once for each version of Kamara.
    """
    folder = settings.data_dir / "simulated" / version("kamara")
    if not is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)
        simulate(folder, _SCALE, _SEED, settings.resources, _DAYS)
        say(f"wrote a simulated city into {folder}")
    names = [one.name for one in sources if one.about.simulated and (folder / one.name).is_dir()]
    city = {name: SourceSettings(path=folder / name, simulated=True) for name in names}
    return settings.model_copy(update={"sources": {**settings.sources, **city}})
