"""The command `status`: what is loaded, what is published, what is held back."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from kamara.cli.console import say, table
from kamara.config import Settings
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
    """Say what stands in the log, by dataset, and which version readers see."""
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
                **manifest.counts.model_dump(),
            }
            for manifest in newest
        ],
    }
