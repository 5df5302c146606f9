"""`kamara queries`: what was asked of the server, and what it refused, out of the query log."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer

from kamara.api.seen.querylog import read_entries
from kamara.api.seen.summary import Group, Summary, summarise
from kamara.cli.console import say, table
from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.sparql.layout import Layout


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(queries)


def queries(
    ctx: typer.Context,
    *,
    top: Annotated[int, typer.Option(min=1, help="How many shapes to show.")] = 10,
    days: Annotated[
        int | None, typer.Option(min=1, help="Only the last days; default: the whole log.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Sum the query log up: how many, by outcome, and the shapes of queries that took the most of the engine.

    A shape is a query without what its author wrote: texts, numbers, addresses, names of variables. Answers
    from the response cache are not in the log; /metrics counts them.

    Example: kamara queries --days 7
    """
    settings: Settings = ctx.obj
    folder = Layout(settings.data_dir).queries
    found = summarise(read_entries(folder), days)
    if as_json:
        say(json.dumps(asdict(found), ensure_ascii=False, indent=2))
        return
    if not found.queries:
        raise KamaraError(
            "no query is written down" + (f" of the last {days} days" if days else ""),
            where=str(folder),
            remedy="ask one over HTTP while `kamara serve` runs; `query_log.max_mb` must not be 0",
        )
    _show(found, top)


def _show(found: Summary, top: int) -> None:
    say(
        f"{found.queries:,} queries from {found.first} to {found.last}; "
        f"{found.seconds:,.1f} s of the engine's work, {found.bytes:,} bytes, {found.broken:,} broken off"
    )
    say("")
    outcomes = [[str(one.status), one.problem, f"{one.queries:,}"] for one in found.outcomes]
    table(["status", "problem", "queries"], outcomes)
    say("")
    table(
        ["shape", "queries", "seconds", "median", "p95", "rows", "refused", "lanes", "asked as"],
        [_row(one) for one in found.shapes[:top]],
    )


def _row(group: Group) -> list[str]:
    return [
        group.shape,
        f"{group.queries:,}",
        f"{group.seconds:.2f}",
        f"{group.median:.3f}",
        f"{group.p95:.3f}",
        f"{group.rows:,}",
        f"{group.refused:,}",
        " ".join(group.lanes),
        group.name or group.text or group.form,
    ]
