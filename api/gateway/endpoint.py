"""`/sparql` with a query, answered in front of the framework: from the cache by its tag, else by the pool."""

from __future__ import annotations

from functools import partial

from fastapi import Request
from starlette.types import Message, Receive, Scope

from kamara.api.clerks.limits import LARGEST_BODY
from kamara.api.departure import Departure
from kamara.api.gateway.cache import ResponseCache
from kamara.api.gateway.conditions import matches, tag_without
from kamara.api.gateway.encodings import is_compressible
from kamara.api.gateway.head import Head, coding_for
from kamara.api.gateway.held import Held, Packed
from kamara.api.gateway.outgoing import Keep, Outgoing, pack
from kamara.api.gateway.queryhead import query_head
from kamara.api.gateway.querytag import query_tag
from kamara.api.gateway.together import Together
from kamara.api.gateway.wish import Wish
from kamara.api.protocol import Asked, longest_body, read
from kamara.api.rewriting import Rewriter
from kamara.api.seen.note import note_of
from kamara.api.sparql import choose_format
from kamara.api.streaming import caller, pour
from kamara.sparql.formats import Format
from kamara.sparql.pool.answer import QueryAnswer
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.request import QueryRequest
from kamara.sparql.versions import Version

PATH = b"/sparql"
_FORM, _DIRECT = b"application/x-www-form-urlencoded", b"application/sparql-query"


class Endpoint:
    """Answers queries. What is no query (a form, a description, an update) it leaves to the application."""

    def __init__(self, pool: QueryPool, cache: ResponseCache, rewriter: Rewriter) -> None:
        self._pool = pool
        self._cache = cache
        self._rewriter = rewriter
        self._together = Together()

    def version(self) -> Version:
        """The published version. Raises VersionError when there is none."""
        return self._pool.version()

    async def read(self, scope: Scope, receive: Receive, wish: Wish) -> tuple[Asked | None, Receive]:
        """The query of a request, if it is one; and what tells its body once more. Raises Refusal."""
        note, limit = note_of(scope), self._pool.limits.max_bytes
        if wish.method != "POST":
            note.asks = is_query = wish.reads and b"query" in wish.query
            asked = await read(Request(scope, receive), limit) if is_query else None
            return (asked if asked and asked.text is not None else None), receive
        if not _kind(scope).startswith((_FORM, _DIRECT)):
            return None, receive
        note.asks = True
        body = _Body(receive)
        await body.read(longest_body(limit))
        asked = await read(Request(scope, body.again()), limit)
        note.asks = asked.text is not None
        return (None, body.again()) if asked.text is None else (asked, receive)

    async def answer(
        self, scope: Scope, receive: Receive, wish: Wish, asked: Asked, outgoing: Outgoing
    ) -> None:
        """Answer a query. Raises Refusal and what `QueryPool.ask` raises, before anything is sent."""
        assert asked.text is not None
        with self._rewriter.helping(asked.text):
            note = note_of(scope)
            note.query = query = await self._pool.look_at(asked.text)
            chosen = choose_format(wish.text(b"accept"), query, asked)
            note.format = chosen.name
            version = self._pool.version()
            self._cache.see(version)
            tag = query_tag(self._pool.settings, version, query, chosen, asked.dataset)
            if tag is not None and await self._is_known(wish, tag, chosen, version, outgoing):
                return
            request = QueryRequest(asked.text, chosen, asked.default_graphs, asked.named_graphs)
            with Departure(receive) as departure:
                run = partial(self._pool.ask, query, request, caller(scope))
                note.answer = found = await (self._together.ask(tag, run) if tag else run())
        if departure.left:
            return
        if tag is not None and found.version == version:
            outgoing.keep = self._keeper(tag, wish, version)
        else:
            tag = None
        note.light = tag is not None and found.whole is not None and len(found.whole) <= LARGEST_BODY
        outgoing.start(query_head(chosen, found.version, tag, found))
        await _send(found, receive, wish, outgoing)

    async def _is_known(
        self, wish: Wish, tag: str, chosen: Format, version: Version, outgoing: Outgoing
    ) -> bool:
        """Whether the client holds the answer, or the cache does; it is answered then."""
        if b"if-none-match" in wish.headers and wish.reads:
            coding = wish.codings[0]
            if matches(tag, (tag_without(one, coding) for one in wish.tags)):
                await outgoing.unchanged(query_head(chosen, version, tag, None))
                return True
        held = self._cache.held(tag)
        if held is None:
            return False
        coding = coding_for(wish, len(held.body), compressible=is_compressible(chosen.media_type))
        packed = self._cache.packed(tag, coding) or held.packed(coding, await pack(held.body, coding))
        self._cache.keep(version, tag, held, packed, wish.key if wish.is_plain else None)
        await outgoing.again(packed)
        return True

    def _keeper(self, tag: str, wish: Wish, version: Version) -> Keep:
        def keep(_: Head, held: Held, packed: Packed) -> None:
            self._cache.keep(version, tag, held, packed, wish.key if wish.is_plain else None)

        return keep


async def _send(found: QueryAnswer, receive: Receive, wish: Wish, outgoing: Outgoing) -> None:
    if found.whole is not None:
        await outgoing({"type": "http.response.body", "body": found.whole})
    elif wish.method == "HEAD":
        found.stop()
        await outgoing({"type": "http.response.body", "body": b""})
    elif await pour(found, receive, outgoing):
        await outgoing({"type": "http.response.body", "body": b""})


def _kind(scope: Scope) -> bytes:
    return next((value for name, value in scope["headers"] if name == b"content-type"), b"").lower()


class _Body:
    """The beginning of a body, at least `most` bytes of it when it is longer, and then the rest."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._held: list[Message] = []

    async def read(self, most: int) -> None:
        size, more = 0, True
        while more and size <= most:
            message = await self._receive()
            self._held.append(message)
            size += len(message.get("body", b""))
            more = message.get("more_body", False)

    def again(self) -> Receive:
        """What tells it from its start."""
        held = iter(self._held)

        async def receive() -> Message:
            return next(held, None) or await self._receive()

        return receive
