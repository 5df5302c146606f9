"""The command line: `kamara COMMAND --help` shows each command with an example.

Exit codes: 0 done, 1 refused or failed, 2 wrong use or settings, 3 bad input (nothing was loaded),
4 another process is writing, 5 disk full, 6 what was asked for could not run here, 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kamara.config import load_settings
from kamara.errors import KamaraError


def _settings(
    ctx: typer.Context,
    settings: Annotated[
        Path | None,
        typer.Option("--settings", help="Settings file; default: kamara.toml here, when there is one."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option("--data", help="Data folder; default: the setting data_dir.")
    ] = None,
) -> None:
    """Kamara: a city's data as one linked graph."""
    overrides: dict[str, object] = {} if data is None else {"data_dir": data}
    ctx.obj = load_settings(settings, **overrides)


def build_app() -> typer.Typer:
    """Assemble the command line from one module a command group."""
    from kamara.cli import (
        check,
        demo,
        load,
        map,  # noqa: A004
        quarantine,
        queries,
        query,
        recovery,
        result,
        run,
        serve,
        simulate,
        site,
        status,
        store,
        validate,
    )

    app = typer.Typer(
        name="kamara", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )
    app.callback()(_settings)
    groups = (
        load,
        demo,
        map,
        validate,
        check,
        query,
        queries,
        serve,
        run,
        site,
        status,
        store,
        quarantine,
        recovery,
        result,
        simulate,
    )
    for module in groups:
        module.register(app)
    return app


def main() -> None:
    """Entry point: every failure that we know is one line on stderr and an exit code."""
    try:
        build_app()()
    except KamaraError as error:
        _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        _fail("interrupted; what was published before stays", 130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _fail(f"{error.filename or 'disk'}: no space left; free some and run the command again", 5)
        _fail(f"{error.filename or 'operating system'}: {error.strerror or error}", 1)


def _fail(line: str, code: int) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False, markup=False).print(f"kamara: {line}")
    sys.exit(code)
