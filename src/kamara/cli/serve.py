"""`kamara serve`: the graph over HTTP."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import socket
from contextlib import nullcontext
from functools import partial
from typing import Annotated, cast

import typer
import uvicorn

from kamara.api.app import create_app
from kamara.api.clerks.listener import Listener
from kamara.api.seen.numbers import standing
from kamara.cli.beside import scheduling
from kamara.cli.console import say
from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.sparql.versions import Versions

# A running query gets this long to end after SIGTERM.
_GRACE_SECONDS = 5


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command()(serve)


def serve(
    ctx: typer.Context,
    *,
    host: Annotated[str | None, typer.Option(help="Address to bind to; default: the setting host.")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Port; 0 takes a free one. Default: the setting port."),
    ] = None,
    with_load: Annotated[
        bool,
        typer.Option("--load", help="Also load what is due, in a process beside (setting run.with_server)."),
    ] = False,
) -> None:
    """Answer SPARQL queries and show every thing over HTTP, until SIGTERM or Ctrl-C.

    Before the first `kamara load` it answers 503; what is loaded later is seen without a restart.

    Example: kamara serve --host 0.0.0.0 --port 8080
    """
    settings: Settings = ctx.obj
    with scheduling(settings) if with_load or settings.run.with_server else nullcontext():
        run_server(settings, settings.host if host is None else host, settings.port if port is None else port)


def run_server(settings: Settings, host: str, port: int) -> None:
    """Serve until told to stop. Raises KamaraError when the address cannot be bound to."""
    app = create_app(settings)
    bound = _bind(host, port)
    shown = f"[{host}]" if ":" in host else host
    say(f"Serving on http://{shown}:{bound.getsockname()[1]}/ (SPARQL at /sparql); Ctrl-C ends it")
    if Versions(settings).current() is None:
        say("Nothing is published yet: queries answer 503 until `kamara load` has run")
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=_GRACE_SECONDS,
        server_header=False,
        loop="uvloop",
        http=cast(type[asyncio.Protocol], partial(Listener, app.clerks)),
        ws="none",
        lifespan="on",
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
    # What start-up made stays: to look through it for garbage would stop the loop for 67 ms each time.
    gc.freeze()
    with bound, standing(app.metrics, settings.http.metrics):
        uvicorn.Server(config).run(sockets=[bound])


def _bind(host: str, port: int) -> socket.socket:
    where = f"{host}:{port}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        return _listening(found[0][0], found[0][4])
    except socket.gaierror as error:
        raise KamaraError(
            "is not an address of this machine", where=where, remedy="name another --host"
        ) from error
    except OSError as error:
        what = (
            "is in use by another program"
            if error.errno == errno.EADDRINUSE
            else os.strerror(error.errno or 0)
        )
        raise KamaraError(what, where=where, remedy="name another --port, or 0 for a free one") from error


def _listening(family: int, address: tuple[object, ...]) -> socket.socket:
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound
