"""SERVICE, carried out before the query runs (docs/decisions/service.md).

A worker has no network. What SERVICE asks is asked here, by the server: the clause's group goes to the
endpoint as a query of its own, and its solutions take the place of the clause as VALUES. The W3C defines
SERVICE by its solutions, joined with the rest, so the answer is the same.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from kamara.config import QuerySettings
from kamara.sparql.errors import BusyError, Limit, QueryError, ServiceError, TooManyError
from kamara.sparql.guard import inspect
from kamara.sparql.service.calls import Call
from kamara.sparql.service.endpoint import Endpoints
from kamara.sparql.service.rows import NOTHING_KNOWN, values

Paying = Callable[[], AbstractContextManager[None]]
_LONGEST = 1 << 24


@dataclass(frozen=True)
class _Errand:
    """What the calls of one query share; `end` is a time of the loop."""

    text: str
    prologue: str
    end: float
    paying: Paying


class Federation:
    """Carries out the SERVICE clauses of queries. `counts`: how the calls ended, by outcome.

    `base_iri` is where relative IRIs of a query are resolved, and where blank nodes of endpoints get IRIs.
    """

    def __init__(self, limits: QuerySettings, base_iri: str, endpoints: Endpoints | None = None) -> None:
        self.counts: Counter[str] = Counter()
        self._limits = limits
        # Parameters that were bound make a text longer than a client may send it.
        self._bound = limits.model_copy(update={"max_bytes": _LONGEST})
        self._base_iri = base_iri
        self._endpoints = endpoints or Endpoints(limits)
        self._seats = asyncio.Semaphore(limits.service_parallel)
        self._waiting = 0

    async def fill(self, text: str, paying: Paying = nullcontext) -> str:
        """The query with the endpoints' solutions in the place of its SERVICE clauses.

        `paying`: entered for each call once it has its seat, left when it ends; refuses who may make none.
        Raises ServiceRefusal for one that may not be called, ServiceError when an endpoint that is not called
        SILENT fails, BusyError when too many queries ask endpoints already, and what `paying` raises.
        """
        query = await asyncio.to_thread(inspect, text, self._bound)
        if not query.services:
            return text
        if self._waiting >= self._limits.queue:
            raise BusyError("too many queries wait for other endpoints", remedy="ask again in a few seconds")
        self._waiting += 1
        end = asyncio.get_running_loop().time() + self._limits.service_seconds
        errand = _Errand(text, query.prologue, end, paying)
        try:
            filled, at = [], 0
            for call in query.services:
                filled += [text[at : call.start], await self._solutions(call, errand)]
                at = call.end
        finally:
            self._waiting -= 1
        return "".join([*filled, text[at:]])

    async def _solutions(self, call: Call, errand: _Errand) -> str:
        """A VALUES block; for one that fails and is called SILENT that of the one empty solution."""
        try:
            block = await self._asked(call, errand)
        except TooManyError:
            raise
        except QueryError:
            self.counts["failed"] += 1
            if call.is_silent:
                return f" {NOTHING_KNOWN} "
            raise
        self.counts["answered"] += 1
        return f" {block} "

    async def _asked(self, call: Call, errand: _Errand) -> str:
        most = self._limits.service_rows
        pattern = errand.text[call.pattern : call.end]
        query = f"BASE <{self._base_iri}>\n{errand.prologue}\nSELECT * {pattern} LIMIT {most + 1}"
        try:
            async with asyncio.timeout_at(errand.end), self._seats:
                base = f"{self._base_iri}.well-known/genid/"
                with errand.paying():
                    answer = await self._endpoints.ask(call.endpoint, query)
                    return await asyncio.to_thread(values, answer, call.endpoint, base, most)
        except TimeoutError as error:
            seconds = self._limits.service_seconds
            raise ServiceError(
                f"<{call.endpoint}> did not answer in {seconds:g} seconds (query.service_seconds)",
                remedy="ask it for less, or write SERVICE SILENT to be answered without it",
                limit=Limit("query.service_seconds", seconds, "seconds"),
            ) from error
