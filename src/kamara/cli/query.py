"""`kamara query`: ask the published graph from the command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, parse_query_results
from rich.console import Console
from rich.table import Table
from rich.text import Text

from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.sparql.errors import ParameterError
from kamara.sparql.formats import Form, Format, named
from kamara.sparql.pool.blocking import BlockingAnswer, BlockingPool
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.queries import SavedQuery, read_query
from kamara.sparql.request import QueryRequest
from kamara.sparql.versions import Version, Versions

_DEFAULTS: dict[Form, str] = {"SELECT": "csv", "ASK": "csv", "CONSTRUCT": "ttl", "DESCRIBE": "ttl"}


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(query)


def query(
    ctx: typer.Context,
    source: Annotated[
        str, typer.Argument(help="A file, - for standard input, or the name of a saved query.")
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "--format", help="json, xml, csv, tsv, parquet; for CONSTRUCT and DESCRIBE ttl, nt, rdf, jsonld."
        ),
    ] = None,
    param: Annotated[
        list[str] | None, typer.Option("--param", help="NAME=VALUE, for a saved query; may be repeated.")
    ] = None,
    version: Annotated[int | None, typer.Option(help="A kept version; default: the current one.")] = None,
) -> None:
    """Ask the published graph. A table on a terminal; CSV or Turtle into a file or pipe, else by --format.

    Exit codes: 0 answered, 1 refused, stopped or not SPARQL, 2 wrong use or a wrong parameter.

    Example: kamara query budget-as-of --param day=2016-04-05 --format csv
    """
    settings: Settings = ctx.obj
    text, bindings = _read(settings, source, param or [])
    with BlockingPool(QueryPool(settings, _versions(settings, version))) as pool:
        form = pool.inspect(text).form
        table = output is None and form == "SELECT" and sys.stdout.isatty()
        chosen = _format(output or ("json" if table else _DEFAULTS[form]), form)
        with pool.run(QueryRequest(text, chosen, bindings=bindings)) as result:
            if table:
                _show(result.read())
            else:
                _write(result)


class _OneVersion:
    """A version source that stays at one version."""

    def __init__(self, versions: Versions, number: int) -> None:
        self._versions = versions
        self._version = versions.get(number)

    def current(self) -> Version:
        return self._version

    def lease(self, version: Version) -> AbstractContextManager[object]:
        return self._versions.lease(version)


def _versions(settings: Settings, number: int | None) -> Versions | _OneVersion:
    versions = Versions(settings)
    return versions if number is None else _OneVersion(versions, number)


def _format(name: str, form: Form) -> Format:
    try:
        return named(name, form)
    except KamaraError as error:
        raise ParameterError(error.what, where="--format", remedy=error.remedy) from error


def _read(settings: Settings, source: str, values: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The query's text and its bindings."""
    saved = _saved(settings, source)
    if saved is not None:
        return saved.text, saved.bind(dict(_pair(value) for value in values))
    if values:
        raise ParameterError("only saved queries have parameters", where=source, remedy="leave --param out")
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
        return data.decode("utf-8-sig"), {}
    except FileNotFoundError as error:
        raise KamaraError(
            "is neither a file nor a saved query", where=source, remedy=f"saved queries: {_names(settings)}"
        ) from error
    except IsADirectoryError as error:
        raise KamaraError("is a folder", where=source, remedy="name a file") from error
    except UnicodeDecodeError as error:
        raise KamaraError(
            f"is not UTF-8 (byte {error.start})", where=source, remedy="save it as UTF-8"
        ) from error


def _saved(settings: Settings, source: str) -> SavedQuery | None:
    """The saved query of this name; a file of the same name comes first."""
    path = settings.resources.queries / f"{source}.rq"
    simple = source == Path(source).name and not Path(source).is_file()
    return read_query(path, settings.base_iri) if simple and path.is_file() else None


def _names(settings: Settings) -> str:
    return ", ".join(sorted(path.stem for path in settings.resources.queries.glob("*.rq"))) or "none"


def _pair(value: str) -> tuple[str, str]:
    name, equals, rest = value.partition("=")
    if not equals:
        raise ParameterError(
            f"`{value}` is not NAME=VALUE", where="--param", remedy="write --param day=2016-04-05"
        )
    return name, rest


def _write(result: BlockingAnswer) -> None:
    for piece in result.chunks:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


def _show(answer: bytes) -> None:
    """The rows of a SELECT as a table for a person."""
    solutions = parse_query_results(answer, QueryResultsFormat.JSON)
    assert isinstance(solutions, QuerySolutions)
    variables = solutions.variables
    table = Table()
    for variable in variables:
        table.add_column(variable.value, overflow="fold")
    for row in solutions:
        table.add_row(*(Text(_cell(row[variable])) for variable in variables))
    Console().print(table)


def _cell(term: object) -> str:
    return term.value if isinstance(term, Literal | NamedNode) else str(term or "")
