"""Where the numbers stand: `/metrics` on the server's own port, or an address of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, Request, Response
from prometheus_client import start_http_server

from kamara.api.routing import readable
from kamara.api.seen.metrics import Metrics
from kamara.errors import KamaraError

PUBLIC, OFF = "public", "off"


def router(metrics: Metrics, place: str) -> APIRouter:
    """The route `/metrics`, when the setting `http.metrics` (`place`) says that it is public."""
    routes = APIRouter()

    def numbers(request: Request) -> Response:
        """What was counted since the server's start, for Prometheus."""
        body, media_type = metrics.write(request.headers.get("accept", ""))
        headers = {"Content-Type": media_type, "Cache-Control": "no-store", "Vary": "Accept"}
        return Response(body, headers=headers)

    if place == PUBLIC:
        readable(routes, "/metrics", numbers)
    return routes


@contextmanager
def standing(metrics: Metrics, place: str) -> Iterator[None]:
    """Serve the numbers at an address of their own (`HOST:PORT`), if `place` is one, until the end.

    Raises KamaraError when the address cannot be bound to.
    """
    if place in (PUBLIC, OFF):
        yield
        return
    host, _, port = place.rpartition(":")
    try:
        server, thread = start_http_server(int(port), host.strip("[]"), metrics.registry)
    except OSError as error:
        raise KamaraError(
            f"cannot be bound to: {os.strerror(error.errno or 0)}",
            where=f"http.metrics = {place}",
            remedy="name another address of this machine, or `public`, or `off`",
        ) from error
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
