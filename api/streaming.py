"""Query answers over HTTP: run in threads, stopped when the client leaves, whole or visibly broken off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from kamara.errors import KamaraError
from kamara.sparql.guard import Inspected
from kamara.sparql.request import QueryRequest, QueryResult
from kamara.sparql.running import Ticket
from kamara.sparql.workers import QueryPool

_LOG = logging.getLogger("kamara.api")
T = TypeVar("T")


class Runner:
    """Asks a pool on behalf of asyncio."""

    def __init__(self, pool: QueryPool) -> None:
        self.pool = pool
        # One thread for every query that runs or may wait; the pool itself refuses more.
        self._threads = CapacityLimiter(pool.limits.workers + pool.limits.queue + 1)

    async def run(self, http: Request, query: Inspected, request: QueryRequest) -> QueryResult:
        """Run a query; stop it when the client leaves. Raises what `QueryPool.run` raises."""
        ticket = Ticket()
        watch = asyncio.create_task(_stop_when_gone(http.receive, ticket))
        try:
            return await to_thread.run_sync(
                self.pool.run_inspected, query, request, ticket, limiter=self._threads
            )
        finally:
            watch.cancel()

    async def next_piece(self, result: QueryResult) -> bytes | None:
        """The next piece of an answer; None at its end."""
        return await to_thread.run_sync(next, result.chunks, None, limiter=self._threads)


class Answer(Response):
    """A query's answer, sent piece by piece.

    When it cannot be completed the connection is closed before the last chunk: the client sees that it is not
    whole.
    """

    def __init__(self, result: QueryResult, runner: Runner, headers: Mapping[str, str]) -> None:
        super().__init__(status_code=200, headers={**headers, "Content-Type": result.media_type})
        del self.headers["content-length"]
        self._result = result
        self._runner = runner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it (ASGI)."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            self._result.close()
            await send({"type": "http.response.body", "body": b""})
            return
        watch = asyncio.create_task(_stop_when_gone(receive, self._result))
        try:
            while (piece := await self._runner.next_piece(self._result)) is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except KamaraError as error:
            _LOG.warning("an answer was broken off: %s", error)
        finally:
            watch.cancel()
            self._result.close()


async def _stop_when_gone(receive: Receive, query: Ticket | QueryResult) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
    query.close()
