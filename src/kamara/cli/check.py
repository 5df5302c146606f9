"""The command `check`: ontology, shapes, mappings and queries parse and agree."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from kamara.config import Settings
from kamara.loaders.check import CHECKS, check


class Subject(StrEnum):
    """What can be checked by itself."""

    ontology = "ontology"
    codes = "codes"
    shapes = "shapes"
    mappings = "mappings"
    queries = "queries"
    links = "links"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("check", epilog="Example: kamara check --only shapes --only queries")(_check)


def _check(
    ctx: typer.Context,
    only: Annotated[
        list[Subject] | None, typer.Option("--only", help="Check only this; may be repeated.")
    ] = None,
) -> None:
    """Check that the ontology, code lists, shapes, mappings and queries parse and agree.

    One line a finding: file, place, what is wrong, what to do. Exit codes: 0 none, 3 findings.
    """
    settings: Settings = ctx.obj
    subjects = [subject.value for subject in only] if only else list(CHECKS)
    findings = check(settings.resources, settings.base_iri, subjects)
    for finding in findings:
        typer.echo(str(finding))
    if findings:
        raise typer.Exit(3)
    typer.echo(f"checked {', '.join(subjects)}: no findings")
