"""The command `validate`: a person's own file against our shapes, before anything is loaded."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kamara.config import Settings
from kamara.loaders.validation.files import find_shapes, validate_file
from kamara.loaders.validation.report import Report, to_document, to_text, to_turtle


class EngineName(StrEnum):
    """The SHACL engines."""

    shacl = "shacl"
    pyshacl = "pyshacl"


class Format(StrEnum):
    """How the report is written."""

    text = "text"
    json = "json"
    ttl = "ttl"


class Tongue(StrEnum):
    """The language of a text report."""

    el = "el"
    en = "en"


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("validate", epilog="Example: kamara validate my-budget.ttl --shapes budget --lang el")(
        _validate
    )


def _validate(
    ctx: typer.Context,
    *,
    file: Annotated[Path, typer.Argument(help="RDF file: .ttl, .nt, .nq, .trig, .rdf or .jsonld.")],
    shapes: Annotated[str, typer.Option("--shapes", help="Name of a file in shapes/, or a path.")],
    engine: Annotated[EngineName | None, typer.Option("--engine", help="Default: load.engine.")] = None,
    form: Annotated[Format, typer.Option("--format", help="Form of the report.")] = Format.text,
    language: Annotated[Tongue, typer.Option("--lang", help="Language of a text report.")] = Tongue.en,
) -> None:
    """Check an RDF file against shapes, before anything is loaded.

    Exit codes: 0 it conforms (there may be warnings), 2 wrong use, 3 violations, or nothing in it to check.
    """
    settings: Settings = ctx.obj
    report = validate_file(
        file,
        find_shapes(shapes, settings.resources.shapes),
        engine=settings.load.engine if engine is None else engine.value,
        base_iri=settings.base_iri,
        max_violations=settings.load.max_violations,
    )
    typer.echo(_written(report, form, language))
    if not report.conforms:
        raise typer.Exit(3)


def _written(report: Report, form: Format, language: Tongue) -> str:
    if form is Format.json:
        return to_document(report)
    return to_turtle(report) if form is Format.ttl else to_text(report, language.value)
