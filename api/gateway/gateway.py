"""The first to see a request: answers from the cache, else lets the application answer, and packs that."""

from __future__ import annotations

import logging

from fastapi import Request
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from kamara.api.gateway import crossorigin
from kamara.api.gateway.cache import ResponseCache
from kamara.api.gateway.conditions import split_tags, tag_without
from kamara.api.gateway.encodings import CODINGS, Coding
from kamara.api.gateway.endpoint import PATH, Endpoint
from kamara.api.gateway.head import Head
from kamara.api.gateway.held import HIT, Held, Packed
from kamara.api.gateway.outgoing import Keep, Outgoing
from kamara.api.gateway.wish import Wish
from kamara.api.problems import Refusal, answer
from kamara.api.seen.note import note_of
from kamara.errors import KamaraError
from kamara.site.pages import Pages
from kamara.sparql.errors import VersionError
from kamara.sparql.versions import Version

_LOG = logging.getLogger("kamara.api")

# What stands under these depends on the published version, the software and the request, on nothing else.
_KEPT = (b"/sparql", b"/query/", b"/doc/", b"/id/", b"/def/", b"/code/", b"/graph/", b"/dataset/", b"/index.")
_NOT_KEPT = (b"no-store", b"private")


class Gateway:
    """The whole server as one ASGI application."""

    def __init__(self, application: ASGIApp, endpoint: Endpoint, cache: ResponseCache, pages: Pages) -> None:
        self._application = application
        self._cache = cache
        self._pages = pages
        self._endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer (ASGI)."""
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        if crossorigin.is_preflight(scope):
            await crossorigin.allow(scope, send)
            return
        wish = Wish.of(scope)
        version = self._published() if wish.is_plain and _is_kept(wish.path) else None
        found = self._cache.find(wish.key, version) if version else None
        if found is not None:
            note_of(scope).light = wish.path == PATH
            await found.send(wish, send, HIT)
        elif not wish.codings:
            await self._refuse(scope, receive, send)
        else:
            await self._answer(scope, receive, send, wish, version)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, wish: Wish, version: Version | None
    ) -> None:
        outgoing = Outgoing(wish, send, self._cache.largest)
        if wish.path == PATH and b"prefer" not in wish.headers:
            rest = await self._query(scope, receive, wish, outgoing)
            if rest is None:
                return
            receive = rest
        outgoing.keep = self._keeper(wish, version) if version and wish.method == "GET" else None
        await self._application(_for_application(scope, wish), receive, outgoing)

    async def _query(self, scope: Scope, receive: Receive, wish: Wish, outgoing: Outgoing) -> Receive | None:
        """Answer a request if it holds a query (None); else give what tells its body to the application."""
        try:
            asked, rest = await self._endpoint.read(scope, receive, wish)
            if asked is None:
                return rest
            await self._endpoint.answer(scope, receive, wish, asked, outgoing)
        except ClientDisconnect:
            return None
        except Exception as error:
            if not isinstance(error, KamaraError) or outgoing.has_begun:
                _LOG.exception("a query was not answered")
            if not outgoing.has_begun:
                outgoing.keep = None
                response = answer(Request(scope, receive), error, self._pages)
                await response(scope, receive, outgoing)
        return None

    def _published(self) -> Version | None:
        try:
            return self._endpoint.version()
        except VersionError:
            return None

    def _keeper(self, wish: Wish, version: Version) -> Keep:
        """What keeps an answer to `wish`, if it may be kept and is of that version."""
        number = b"%d" % version.number

        def keep(head: Head, held: Held, packed: Packed) -> None:
            may_be = not any(word in head.control for word in _NOT_KEPT)
            if head.status == 200 and head.tag is not None and head.version == number and may_be:
                name = (wish.headers.get(b"host"), wish.path, wish.query, head.tag)
                self._cache.keep(version, name, held, packed, wish.key)

        return keep

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        """406 for a client that takes no coding at all; it gets this one thing without."""
        refusal = Refusal(
            406,
            "no content coding that this server knows is acceptable, nor an answer without one",
            remedy=f"accept one of {', '.join(CODINGS)}, identity",
        )
        plain = {**scope, "headers": [one for one in scope["headers"] if one[0] != b"accept-encoding"]}
        response = answer(Request(plain, receive), refusal, self._pages)
        await response(plain, receive, Outgoing(Wish.of(plain), send, 0))


def _is_kept(path: bytes) -> bool:
    return path == b"/" or path.startswith(_KEPT)


def _for_application(scope: Scope, wish: Wish) -> Scope:
    """The request with entity tags as the application gave them: it knows nothing of codings."""
    wanted = {b"if-none-match": wish.codings[:1], b"if-match": CODINGS}
    if not any(name in wanted for name, _ in scope["headers"]):
        return scope
    headers = [
        (name, _plain_tags(value, wanted[name])) if name in wanted else (name, value)
        for name, value in scope["headers"]
    ]
    return {**scope, "headers": headers}


def _plain_tags(value: bytes, codings: tuple[Coding, ...]) -> bytes:
    tags = split_tags(value.decode("latin-1"))
    for coding in codings:
        tags = tuple(tag_without(tag, coding) for tag in tags)
    return ", ".join(tags).encode("latin-1")
