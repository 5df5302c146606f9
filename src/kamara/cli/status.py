"""The command `status`: what is loaded, what is published, what is held back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from kamara.cli.console import say, table
from kamara.cli.run import shown
from kamara.config import Settings
from kamara.loaders.derivation.running import behind
from kamara.loaders.freshness import Freshness, freshness
from kamara.loaders.source import readable_sources
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.versions import Versions


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("status", epilog="Example: kamara status --json")(_status)


def _status(
    ctx: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Say what stands in the log, which version readers see, and how fresh each source is.

    A source is `fresh`, `due` (it is time to fetch it), `late` (a quarter of its period has gone by since,
    or it never came) or `manual`. Times are those of Athens; in JSON, UTC.
    """
    state = _state(ctx.obj)
    if as_json:
        say(json.dumps(state, ensure_ascii=False, indent=2))
        return
    version = state["version"]
    say(
        f"readers see version {version['number']} of {version['created']}: {version['quads']:,} triples"
        if version
        else "nothing is published yet; run `kamara load`"
    )
    say(f"the log holds {state['change_sets']} change sets in {state['data_dir']}")
    rows = [
        [
            item["dataset"],
            item["day"] or "",
            *(f"{item[key]:,}" for key in ("records", "published", "quarantined", "stale", "triples")),
            item["committed"],
        ]
        for item in state["datasets"]
    ]
    headings = ["dataset", "day", "records", "published", "quarantined", "stale", "triples", "committed"]
    table(headings, rows)
    for name in state["behind"]:
        say(f"behind: {name} is derived and lacks what was loaded since; `kamara load` says why")
    _show_sources(_sources(ctx.obj))


def _show_sources(sources: list[Freshness]) -> None:
    """When each source came and when it is to come; what is late, and why, in words."""
    rows = [
        [one.source, one.state, one.frequency, shown(one.success), shown(one.attempt), shown(one.due)]
        for one in sources
    ]
    say("")
    table(["source", "state", "frequency", "last success", "last attempt", "due"], rows)
    for one in sources:
        if one.is_late:
            say(f"late: {one.source} promises {one.frequency}, last came {shown(one.success) or 'never'}")
        if one.failures:
            say(f"failed {one.failures} times, last {shown(one.failed)}: {one.source}: {one.failure}")


def _sources(settings: Settings) -> list[Freshness]:
    sources, _ = readable_sources(settings.resources)
    return freshness(settings, sources.values(), datetime.now(UTC))


def _state(settings: Settings) -> dict[str, Any]:
    layout = Layout(settings.data_dir)
    layout.check(settings.base_iri)
    log, version = ChangeLog(layout), Versions(settings).current()
    newest = [change_set.manifest for name in log.datasets() if (change_set := log.last(name))]
    return {
        "data_dir": str(settings.data_dir),
        "change_sets": log.sequence,
        "version": version and {"number": version.number, "created": version.created, "quads": version.quads},
        "datasets": [
            {
                "dataset": manifest.dataset,
                "day": manifest.day,
                "committed": manifest.committed,
                "by": manifest.by or None,
                **manifest.counts.model_dump(),
            }
            for manifest in newest
        ],
        "behind": behind(settings, log),
        "sources": [{"state": one.state, **_plain(one)} for one in _sources(settings)],
    }


def _plain(one: Freshness) -> dict[str, Any]:
    """As JSON has it: times in ISO 8601."""
    found = asdict(one)
    return {
        name: value.isoformat() if isinstance(value, datetime) else value for name, value in found.items()
    }
