"""The application over a real socket, in a thread of the test process."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import cast

import uvicorn
from starlette.types import ASGIApp

from kamara.api.app import Application
from kamara.api.clerks.listener import Listener


def running(app: ASGIApp) -> AbstractContextManager[str]:
    """Serve `app` on a free port of loopback; gives its address without a slash at the end."""
    return _running(uvicorn.Config(app, log_level="warning", lifespan="on"))


def running_with_clerks(app: Application) -> AbstractContextManager[str]:
    """The same with the connections of `kamara serve`, which can be lent to clerks."""
    http = cast(type[asyncio.Protocol], partial(Listener, app.clerks))
    return _running(
        uvicorn.Config(app, log_level="warning", lifespan="on", loop="uvloop", http=http, server_header=False)
    )


@contextmanager
def _running(config: uvicorn.Config) -> Iterator[str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    end = time.monotonic() + 30
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            assert time.monotonic() < end, "the server did not start in time"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        listener.close()
