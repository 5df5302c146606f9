"""The command group `quarantine`: `list`, `show`, `release`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from kamara.cli.console import ProgressWatcher, progress_line, say
from kamara.cli.summary import summary
from kamara.config import Settings
from kamara.loaders.pipeline import release
from kamara.loaders.quarantine import Held, find_held, held_in
from kamara.loaders.source import choose, read_sources
from kamara.loaders.validation.report import describe
from kamara.loaders.validation.violations import Language, Violation
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog

Dataset = Annotated[str, typer.Argument(help="Name of a dataset.")]
Tongue = Annotated[str, typer.Option("--lang", help="el or en.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(no_args_is_help=True, help="Records that were held back, and why.")
    group.command("list", epilog="Example: kamara quarantine list budget-expenditure")(_list)
    group.command("show", epilog="Example: kamara quarantine show budget-expenditure 2016_04_01.csv:17")(
        _show
    )
    group.command("release", epilog="Example: kamara quarantine release budget-expenditure")(_release)
    app.add_typer(group, name="quarantine")


def _list(
    ctx: typer.Context,
    *,
    dataset: Annotated[str | None, typer.Argument(help="Name of a dataset; default: all.")] = None,
    language: Tongue = "en",
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines, with the raw text.")] = False,
) -> None:
    """List the records in quarantine, each with its first reason."""
    log = _log(ctx.obj)
    for name in [dataset] if dataset else log.datasets():
        for held in held_in(log, name):
            if as_json:
                say(json.dumps({"dataset": name, **json.loads(held.to_json())}, ensure_ascii=False))
            else:
                more = f" (+{len(held.reasons) - 1} more)" if len(held.reasons) > 1 else ""
                say(f"{name} {held.name}: {_reason(held.reasons[0], _tongue(language))}{more}")


def _show(
    ctx: typer.Context,
    *,
    dataset: Dataset,
    record: Annotated[str, typer.Argument(help="FILE:LINE as `list` gives it, or the line alone.")],
    language: Tongue = "en",
) -> None:
    """Show one record in quarantine: where it stands, its raw text, every reason."""
    held = find_held(_log(ctx.obj), dataset, record)
    for line in _lines(held, _tongue(language)):
        say(line)


def _release(ctx: typer.Context, *, dataset: Dataset) -> None:
    """Map the kept snapshots again with today's mapping, codes and shapes; what is good now is published."""
    settings: Settings = ctx.obj
    source = choose(read_sources(settings.resources), [dataset])[0]
    before = {held.name for held in held_in(_log(settings), dataset)}
    with progress_line() as progress:
        report = release(settings, source, ProgressWatcher(progress))
    after = {held.name for held in held_in(_log(settings), dataset)}
    for line in summary(report):
        say(line)
    say(f"{len(before - after)} released, {len(after)} still in quarantine")


def _lines(held: Held, language: Language) -> list[str]:
    span = (
        f"{held.first_line}" if held.first_line == held.last_line else f"{held.first_line}-{held.last_line}"
    )
    return [
        f"{held.file}, line {span}",
        *(f"  {text}" for text in held.raw.splitlines()),
        *(_reason(reason, language) for reason in held.reasons),
        *(f"would describe {name}" for name in held.subjects),
    ]


def _reason(reason: Violation, language: Language) -> str:
    """A reason in one line; that of a record which could not be mapped is about no thing yet."""
    return describe(reason, language).removeprefix(": ")


def _tongue(text: str) -> Language:
    if text not in ("el", "en"):
        raise typer.BadParameter("choose el or en", param_hint="--lang")
    return "el" if text == "el" else "en"


def _log(settings: Settings) -> ChangeLog:
    layout = Layout(settings.data_dir)
    layout.check(settings.base_iri)
    return ChangeLog(layout)
