"""The command `simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kamara.cli.console import say
from kamara.config import Settings
from kamara.simulator.city import SETTINGS, simulate
from kamara.simulator.counts import YEAR_DAYS


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(
        "simulate",
        epilog="Example: kamara simulate --scale 0.1 city && kamara --settings city/kamara.toml load",
    )(_simulate)


def _simulate(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New folder to write into.")],
    *,
    scale: Annotated[
        float, typer.Option(help="Size: 1 has 20 stations, 4,000 reports, 2,000 decisions, a budget year.")
    ] = 1.0,
    days: Annotated[
        int, typer.Option(help="What has days has only the first ones of the year, as many as this.")
    ] = YEAR_DAYS,
    seed: Annotated[int, typer.Option(help="Another seed gives another city of the same size.")] = 1,
) -> None:
    """Write a simulated city: files of every source in its own format, with settings that load them.

    Nothing in it is a fact. The same scale and seed give the same files. DIR/expected.json says what loading
    them must come to.
    """
    settings: Settings = ctx.obj
    for source, expected in simulate(folder, scale, seed, settings.resources, days).items():
        held = expected.quarantined.total()
        counts = f"{expected.files:,} files, {expected.records:,} records"
        say(f"{source}: {counts}, {held:,} of them to be held back")
    say(f"now run: kamara --settings {folder / SETTINGS} load")
