"""`kamara result`: pinned results, and whether they still come out the same."""

from __future__ import annotations

from typing import Annotated

import typer

from kamara.cli.console import say, table
from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.sparql.errors import ResultError
from kamara.sparql.layout import Layout
from kamara.sparql.pool.blocking import BlockingPool
from kamara.sparql.pool.caller import Caller
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.results.archive import ResultArchive
from kamara.sparql.results.pinning import Pinner, changed
from kamara.sparql.results.record import ResultRecord
from kamara.sparql.results.taking import digest_of, scratch_file
from kamara.sparql.versions import Versions

Name = Annotated[str, typer.Argument(help="The last part of a result's address.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(no_args_is_help=True, help="Pinned results: list, verify, remove.")
    group.command("list", epilog="Example: kamara result list")(_list)
    group.command("verify", epilog="Example: kamara result verify --all")(_verify)
    group.command("remove", epilog="Example: kamara result remove 0f343b0931126a20f133d67c2b018a3b")(_remove)
    app.add_typer(group, name="result")


def _list(ctx: typer.Context) -> None:
    """List the pinned results, oldest first."""
    archive = _archive(ctx.obj)
    table(
        ["result", "pinned", "version", "format", "rows", "bytes", "kept", "query"],
        [
            [
                record.id,
                record.pinned,
                str(record.version),
                record.format_name,
                f"{record.rows:,}",
                f"{record.size:,}",
                "no" if archive.answer(record) is None else "yes",
                record.saved or "",
            ]
            for record in archive.all()
        ],
    )


def _verify(
    ctx: typer.Context,
    *,
    name: Annotated[str | None, typer.Argument(help="The last part of a result's address.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Verify every pinned result.")] = False,
) -> None:
    """Ask the queries of pinned results again, and compare the answers with what was pinned.

    Exit code 1 when one came out otherwise.
    """
    settings: Settings = ctx.obj
    archive = _archive(settings)
    if (name is None) != every:
        raise KamaraError("name one result, or none with --all", remedy="see `kamara result verify --help`")
    records = archive.all() if name is None else [archive.get(name)]
    failed = 0
    with BlockingPool(QueryPool(settings, Versions(settings))) as pool:
        pinner = Pinner(pool.pool, settings, Versions(settings))
        for record in records:
            fault = _fault(pool, pinner, record)
            failed += fault is not None
            say(f"{record.id}  {'the same' if fault is None else fault}")
    if failed:
        raise ResultError(f"{failed} of {len(records)} results did not come out the same")


def _remove(ctx: typer.Context, *, name: Name) -> None:
    """Remove a pinned result. Its address answers 410 from then on; its version may be collected."""
    archive = _archive(ctx.obj)
    archive.remove(archive.get(name), Versions(ctx.obj))
    say(f"removed {name}")


def _fault(pool: BlockingPool, pinner: Pinner, record: ResultRecord) -> str | None:
    """What is wrong with a result; None when its answer is kept, and made, as it was."""
    try:
        kept = pinner.archive.answer(record)
        if kept is not None and digest_of(kept) != record.digest:
            return "the kept answer is damaged"
        with scratch_file(pinner.archive.folder) as path:
            made = pool.wait_for(pinner.run_again(record, Caller(lane="job"), path))
    except KamaraError as error:
        return str(error)
    return None if made.digest == record.digest else changed(record).what


def _archive(settings: Settings) -> ResultArchive:
    return ResultArchive(Layout(settings.data_dir))
