"""The command `check`: ontology, shapes, mappings and queries parse and agree."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from kamara.config import Settings
from kamara.loaders.check import CHECKS, check
from kamara.loaders.check.findings import Finding


class Subject(StrEnum):
    """What can be checked by itself."""

    ontology = "ontology"
    codes = "codes"
    shapes = "shapes"
    mappings = "mappings"
    queries = "queries"
    derived = "derived"
    edited = "edited"
    links = "links"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("check", epilog="Example: kamara check --only shapes --only queries")(_check)


def _check(
    ctx: typer.Context,
    only: Annotated[
        list[Subject] | None, typer.Option("--only", help="Check only this; may be repeated.")
    ] = None,
    *,
    reason: Annotated[
        bool, typer.Option("--reason", help="Also run the reasoner HermiT: needs Java and owlready2.")
    ] = False,
) -> None:
    """Check that the ontology, code lists, shapes, mappings and queries parse and agree.

    One line a finding: file, place, what is wrong, what to do. With --reason also whether every class can
    have a member and all that the ontology says holds together. Exit codes: 0 none, 3 findings, 6 the
    reasoner was not run.
    """
    settings: Settings = ctx.obj
    subjects = [subject.value for subject in only] if only else list(CHECKS)
    _tell(check(settings.resources, settings.base_iri, subjects), ", ".join(subjects))
    if reason:
        _reason(settings)


def _tell(findings: Sequence[Finding], checked: str) -> None:
    for finding in findings:
        typer.echo(str(finding))
    if findings:
        raise typer.Exit(3)
    typer.echo(f"checked {checked}: no findings")


def _reason(settings: Settings) -> None:
    # Only who asks for the reasoner pays for loading it.
    from kamara.loaders.reason import reason

    verdict = reason(settings.resources, settings.base_iri, settings.check.reason_seconds)
    if verdict.not_run:
        typer.echo(f"reasoner not run: {verdict.not_run}", err=True)
        raise typer.Exit(6)
    for statement in verdict.left_out:
        typer.echo(f"left out for the reasoner, whose datatypes are those of OWL 2: {statement}")
    _tell(verdict.findings, f"{verdict.classes} classes and {verdict.individuals} individuals with HermiT")
