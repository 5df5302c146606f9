"""Query answers over HTTP: stopped when the client leaves, whole or visibly broken off."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from kamara.errors import KamaraError
from kamara.sparql.errors import CancelledError
from kamara.sparql.guard import Inspected
from kamara.sparql.pool.answer import QueryAnswer
from kamara.sparql.pool.blocking import BlockingPool
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.request import QueryRequest

_LOG = logging.getLogger("kamara.api")


class Runner:
    """Asks a pool for HTTP. `blocking`: the same pool, for what runs in threads."""

    def __init__(self, pool: QueryPool) -> None:
        self.pool = pool
        self.blocking = BlockingPool(pool)

    async def run(self, http: Request, query: Inspected, request: QueryRequest) -> QueryAnswer:
        """Run a query; stop it when the client leaves. Raises what `QueryPool.ask` raises."""
        asking = asyncio.ensure_future(self.pool.ask(query, request))
        watch = asyncio.create_task(_left(http.receive))
        try:
            await asyncio.wait((asking, watch), return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                raise CancelledError("the query was stopped: its client left")
            return asking.result()
        finally:
            watch.cancel()
            asking.cancel()


class Answer(Response):
    """A query's answer, sent piece by piece.

    When it cannot be completed the connection is closed before the last chunk: the client sees that it is not
    whole.
    """

    def __init__(self, answer: QueryAnswer, headers: Mapping[str, str]) -> None:
        super().__init__(status_code=200, headers={**headers, "Content-Type": answer.media_type})
        del self.headers["content-length"]
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it (ASGI)."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            self._answer.stop()
            await send({"type": "http.response.body", "body": b""})
            return
        sending = asyncio.create_task(self._send(send))
        watch = asyncio.create_task(_left(receive))
        try:
            await asyncio.wait((sending, watch), return_when=asyncio.FIRST_COMPLETED)
        finally:
            watch.cancel()
            sending.cancel()
            self._answer.stop()

    async def _send(self, send: Send) -> None:
        try:
            async for piece in self._answer:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        except KamaraError as error:
            _LOG.warning("an answer was broken off: %s", error)


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        continue
