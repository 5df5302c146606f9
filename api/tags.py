"""Entity tags of query answers, and answers that carry them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from fastapi import Request, Response

import kamara
from kamara.api.gateway.conditions import matches, split_tags
from kamara.api.robots import NOT_INDEXED
from kamara.api.seen.note import note_of
from kamara.api.streaming import Answer, Runner
from kamara.config import Settings
from kamara.sparql.formats import Format
from kamara.sparql.guard import Inspected
from kamara.sparql.request import QueryRequest
from kamara.sparql.versions import Version

# Their answer differs from one moment to the next.
_FICKLE = ("NOW", "RAND", "UUID", "STRUUID")
_VARY = {"Vary": "Accept, Accept-Language, Prefer"}


def query_tag(
    settings: Settings, version: Version, query: Inspected, chosen: Format, parts: Sequence[str]
) -> str | None:
    """The entity tag of a query's answer in a format; None when it differs from one moment to the next.

    `parts` is what else the answer depends on. The tag is weak: rows may come in another order.
    """
    text = query.text
    if is_fickle(query):
        return None
    all_parts = (
        kamara.__version__,
        str(version.sequence),
        version.created,
        settings.default_graph,
        chosen.name,
        *parts,
        text,
    )
    digest = blake2b("\0".join(all_parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return f'W/"{version.number}-{digest}"'


def is_fickle(query: Inspected) -> bool:
    """Whether its answer differs from one moment to the next; what SERVICE answers is not ours to know.

    The engine needs no space between words, so one of them may be glued to another.
    """
    words = (token.text for token in query.tokens if token.kind == "word")
    return bool(query.services) or (_hints(query.text) and any(map(_hints, words)))


def _hints(text: str) -> bool:
    capitals = text.upper()
    return any(word in capitals for word in _FICKLE)


def tagged(runner: Runner, query: Inspected, chosen: Format, parts: Sequence[str]) -> dict[str, str]:
    """Headers of the answer to a query in a format; `parts` is what else the answer depends on."""
    version = runner.pool.version()
    headers = {**_VARY, **NOT_INDEXED, "Kamara-Version": str(version.number), "Cache-Control": "no-cache"}
    tag = query_tag(runner.pool.settings, version, query, chosen, parts)
    return {**headers, "Cache-Control": "no-store"} if tag is None else {**headers, "ETag": tag}


async def respond(
    http: Request, runner: Runner, query: Inspected, request: QueryRequest, headers: dict[str, str]
) -> Response:
    """The answer with its headers; 304 when the client holds it. Raises what `Runner.run` raises."""
    note = note_of(http.scope)
    note.query, note.format = query, request.format.name if request.format else ""
    known = split_tags(http.headers.get("if-none-match", ""))
    if http.method != "POST" and "ETag" in headers and matches(headers["ETag"], known):
        return Response(status_code=304, headers=headers)
    note.answer = result = await runner.run(http, query, request)
    if headers["Kamara-Version"] != str(result.version.number):
        # A version was published in between.
        headers = {**headers, "Kamara-Version": str(result.version.number)}
        headers.pop("ETag", None)
    return Answer(result, headers)
