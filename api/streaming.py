"""Query answers over HTTP: stopped when the client leaves, whole or visibly broken off."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from kamara.api.breaking import tell
from kamara.api.departure import Departure
from kamara.api.gateway.queryhead import figures
from kamara.errors import KamaraError
from kamara.sparql.errors import CancelledError
from kamara.sparql.guard import Inspected
from kamara.sparql.pool.answer import QueryAnswer
from kamara.sparql.pool.blocking import BlockingPool
from kamara.sparql.pool.caller import Caller
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.request import QueryRequest


class Runner:
    """Asks a pool for HTTP. `blocking`: the same pool, for what runs in threads."""

    def __init__(self, pool: QueryPool) -> None:
        self.pool = pool
        self.blocking = BlockingPool(pool)

    async def run(self, http: Request, query: Inspected, request: QueryRequest) -> QueryAnswer:
        """Run a query; stop it when the client leaves. Raises what `QueryPool.ask` raises."""
        with Departure(http.receive):
            return await self.pool.ask(query, request, caller(http.scope))
        raise CancelledError("the query was stopped: its client left")


class Answer(Response):
    """A query's answer, sent piece by piece unless it is there as a whole.

    When it cannot be completed the connection is closed before the last chunk: the client sees that it is not
    whole.
    """

    def __init__(self, answer: QueryAnswer, headers: Mapping[str, str]) -> None:
        told = {**headers, **figures(answer), "Content-Type": answer.media_type}
        super().__init__(answer.whole, 200, told)
        if answer.whole is None:
            del self.headers["content-length"]
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it (ASGI)."""
        if self._answer.whole is not None:
            await super().__call__(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        if scope["method"] == "HEAD":
            self._answer.stop()
        elif not await pour(self._answer, receive, send):
            return
        await send({"type": "http.response.body", "body": b""})


def caller(scope: Scope) -> Caller:
    """Who asks, by the address of the connection or, behind a trusted proxy, of the one before it."""
    client = scope.get("client")
    return Caller(client[0] if client else "")


async def pour(answer: QueryAnswer, receive: Receive, send: Send) -> bool:
    """Send the pieces of an answer; False when it was broken off, by the client or by the engine."""
    try:
        with Departure(receive) as departure:
            async for piece in answer:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
    except KamaraError as error:
        tell(error)
        return False
    finally:
        answer.stop()
    return not departure.left
