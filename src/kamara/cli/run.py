"""The command `run`: the schedule."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from kamara.cli.console import complain, say
from kamara.cli.summary import summary
from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.loaders.pipeline import LoadReport
from kamara.loaders.schedule import Stop, run, run_due
from kamara.loaders.source import readable_sources

ATHENS = ZoneInfo("Europe/Athens")


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("run", epilog="Example: kamara run --once")(_run)


def _run(
    ctx: typer.Context,
    *,
    once: Annotated[bool, typer.Option("--once", help="Load what is due now, then end.")] = False,
) -> None:
    """Fetch and load each source when it is due, by the frequency in its source.toml, until SIGTERM.

    A source that fails is tried again after a while that grows; the others go on. `kamara status` says what
    is due and what is late. Exit codes with --once: 0 loaded or nothing due, 3 a source was refused,
    4 another process is writing, 5 disk full.
    """
    settings: Settings = ctx.obj
    stop = Stop()
    with stop.on_sigterm():
        if not once:
            run_schedule(settings, stop)
            return
        report = run_due(settings, stop)
        if report is None:
            say("nothing is due")
        else:
            tell(report)
        _, broken = readable_sources(settings.resources)
        for error in broken.values():
            _complain(error)
        failures = [*broken.values(), *(report.failures.values() if report else ())]
        if failures:
            raise typer.Exit(max(failure.exit_code for failure in failures))


def run_schedule(settings: Settings, stop: Stop) -> None:
    """Run the schedule and say what it does, a line each, until `stop` is asked for."""
    say(f"{_now()} waiting for what is due")
    run(settings, stop, tell, _complain)


def tell(report: LoadReport) -> None:
    """What a load came to, with the time in Athens."""
    for name, failure in report.failures.items():
        complain(f"{_now()} kamara: {name}: {failure}")
    for line in summary(report):
        say(f"{_now()} {line}")


def shown(time: datetime | None) -> str:
    """A time as people in the city read it."""
    return time.astimezone(ATHENS).strftime("%Y-%m-%d %H:%M %Z") if time else ""


def _complain(error: KamaraError) -> None:
    complain(f"{_now()} kamara: {error}")


def _now() -> str:
    return shown(datetime.now(UTC))
