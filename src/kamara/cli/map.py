"""The command group `map`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer

from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.loaders.errors import RecordError
from kamara.loaders.rml import CompiledSource, FunctionRegistry, compile_mapping
from kamara.loaders.rml.codelists import CodeLists
from kamara.loaders.table import TableRow, Values, open_table
from kamara.sparql.terms import is_iri

_EXAMPLE = """Map a source to N-Quads with one RML mapping, by itself: nothing is validated or loaded.

Sources are relative to the current folder. A record that cannot be mapped stops it (exit code 3).

Example: kamara map --field file.year=2016 mapping.rml.ttl budget.nq
"""


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("map", help=_EXAMPLE)(_map)


def _map(
    ctx: typer.Context,
    mapping: Annotated[Path, typer.Argument(help="RML mapping, in Turtle.")],
    output: Annotated[Path, typer.Argument(help="N-Quads file to write; `-` is standard output.")],
    base: Annotated[
        str | None, typer.Option("--base", help="Base IRI; default: the setting base_iri.")
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option("--field", metavar="NAME=VALUE", help="A value for a name that no column has."),
    ] = None,
) -> None:
    settings: Settings = ctx.obj
    base_iri = settings.base_iri if base is None else base
    if not is_iri(base_iri):
        raise typer.BadParameter(f"{base_iri} is not an absolute IRI", param_hint="--base")
    code_lists = CodeLists.read(settings.resources.ontology / "codes", base_iri)
    compiled = compile_mapping(mapping, base_iri=base_iri, functions=FunctionRegistry(base_iri, code_lists))
    extra = dict(_field(text) for text in field or ())
    with _opened(output) as file:
        for source in compiled.sources:
            _write(source, extra, settings.load.max_line_bytes, file)


def _field(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not (name and mark):
        raise typer.BadParameter(f"{text} is not NAME=VALUE", param_hint="--field")
    return name, value


def _write(source: CompiledSource, extra: dict[str, str], max_line_bytes: int, file: TextIO) -> None:
    path = Path(source.source.path)
    used = {name: value for name, value in extra.items() if name in source.columns}
    records = _Records(path, open_table(path, source.source.dialect, source.columns, used, max_line_bytes))
    try:
        source.write(records, file.write)
    except RecordError as error:
        error.where = records.place
        error.remedy = "correct the record or the mapping"
        raise


class _Records:
    """The values of a table's rows, and the place of the last one taken."""

    def __init__(self, path: Path, rows: Iterator[TableRow]) -> None:
        self._path = path
        self._rows = rows
        self._line = 1

    def __iter__(self) -> Iterator[Values]:
        for row in self._rows:
            self._line = row.first_line
            if row.values is None:
                raise RecordError(row.problem)
            yield row.values

    @property
    def place(self) -> str:
        return f"{self._path}, line {self._line}"


@contextmanager
def _opened(output: Path) -> Iterator[TextIO]:
    """A text file that takes the place of `output` when all is written, and leaves nothing when it is not."""
    if str(output) == "-":
        with open(sys.stdout.fileno(), "w", encoding="utf-8", newline="\n", closefd=False) as file:
            yield file
        return
    part = output.with_name(f".{output.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        part.replace(output)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _unwritable(output, error) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def _unwritable(output: Path, error: OSError) -> Exception:
    if error.filename is None:
        return error
    return KamaraError(f"cannot be written: {error.strerror}", where=str(output), remedy="name another file")
