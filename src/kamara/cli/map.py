"""The command group `map`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, TextIO

import typer

from kamara.cli import console
from kamara.config import LoadSettings, Settings
from kamara.errors import KamaraError
from kamara.loaders.errors import RecordError
from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.rawrecord import RawRecord, Values
from kamara.loaders.readers import open_records
from kamara.loaders.rml import CompiledMapping, CompiledSource, FunctionRegistry, compile_mapping, yarrrml
from kamara.loaders.rml.codelists import CodeLists
from kamara.sparql.terms import is_iri

_EXAMPLE = """Map a source to N-Quads with one RML mapping, by itself: nothing is validated or loaded.

Sources are relative to the current folder. A record that cannot be mapped stops it (exit code 3); where the
mapping is in the RML before RML-Core, it is left out with a warning.

Example: kamara map --field file.year=2016 mapping.rml.ttl budget.nq
"""


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("map", help=_EXAMPLE)(_map)


def _map(
    ctx: typer.Context,
    mapping: Annotated[Path, typer.Argument(help="RML mapping in Turtle, or YARRRML (.yml).")],
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
    compiled = _compiled(mapping, base_iri, FunctionRegistry(base_iri, code_lists))
    extra = dict(_field(text) for text in field or ())
    with _opened(output) as file:
        _Mapper(compiled, extra, settings.load).write(file)


def _compiled(mapping: Path, base_iri: str, functions: FunctionRegistry) -> CompiledMapping:
    if mapping.suffix.lower() not in yarrrml.SUFFIXES:
        return compile_mapping(mapping, base_iri=base_iri, functions=functions)
    with TemporaryDirectory() as folder:
        translated = yarrrml.to_rml(mapping, Path(folder))
        return compile_mapping(translated, base_iri=base_iri, functions=functions)


def _field(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not (name and mark):
        raise typer.BadParameter(f"{text} is not NAME=VALUE", param_hint="--field")
    return name, value


class _Mapper:
    """Maps the sources of a mapping, each found where the mapping says."""

    def __init__(self, mapping: CompiledMapping, extra: dict[str, str], limits: LoadSettings) -> None:
        self._mapping = mapping
        self._extra = extra
        self._limits = limits

    def write(self, file: TextIO) -> None:
        self._mapping.prepare(self._values)
        for source in self._mapping.sources:
            if self._mapping.modern:
                self._write(source, file)
            else:
                self._write_good(source, file)

    def _open(self, source: LogicalSource, columns: Sequence[str]) -> Iterator[RawRecord]:
        used = {name: value for name, value in self._extra.items() if name in columns}
        return open_records(Path(source.path), source, columns, used, self._limits)

    def _values(self, source: LogicalSource, columns: Sequence[str]) -> Iterator[Values]:
        return (row.values for row in self._open(source, columns) if row.values is not None)

    def _write(self, source: CompiledSource, file: TextIO) -> None:
        """All records. RML-Core wants an error for one that cannot be mapped."""
        records = _Records(self._open(source.source, source.columns))
        try:
            source.write(records, file.write)
        except RecordError as error:
            error.where = f"{_name(source)}, {_unit(source)} {records.line}"
            error.remedy = "correct the record or the mapping"
            raise

    def _write_good(self, source: CompiledSource, file: TextIO) -> None:
        """The records that can be mapped. The RML before RML-Core wants the others left out."""
        for row in self._open(source.source, source.columns):
            place = f"{_name(source)}, {_unit(source)} {row.first_line}"
            if row.values is None:
                console.complain(f"kamara: {place}: {row.problem}; left out")
                continue
            try:
                file.writelines(source.map(row.values))
            except RecordError as error:
                console.complain(f"kamara: {place}: {error}; left out")


def _name(source: CompiledSource) -> str:
    return source.source.path


def _unit(source: CompiledSource) -> str:
    return "line" if source.source.formulation == "CSV" else "record"


class _Records:
    """The values of raw records, and the first line or the number of the last one taken."""

    def __init__(self, rows: Iterator[RawRecord]) -> None:
        self._rows = rows
        self.line = 1

    def __iter__(self) -> Iterator[Values]:
        for row in self._rows:
            self.line = row.first_line
            if row.values is None:
                raise RecordError(row.problem)
            yield row.values


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
