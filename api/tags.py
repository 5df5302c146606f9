"""Entity tags of query answers, and answers that carry them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from fastapi import Request, Response

import kamara
from kamara.api.gateway.conditions import matches, split_tags
from kamara.api.streaming import Answer, Runner
from kamara.sparql.formats import Format
from kamara.sparql.guard import Inspected
from kamara.sparql.request import QueryRequest

# Their answer differs from one moment to the next.
_FICKLE = ("NOW", "RAND", "UUID", "STRUUID")
_VARY = {"Vary": "Accept, Accept-Language"}


def tagged(runner: Runner, query: Inspected, chosen: Format, parts: Sequence[str]) -> dict[str, str]:
    """Headers of the answer to a query in a format; `parts` is what else the answer depends on.

    The entity tag is weak: rows may come in another order.
    """
    version = runner.pool.version()
    headers = {**_VARY, "Kamara-Version": str(version.number), "Cache-Control": "no-cache"}
    if query.services or any(token.is_word(*_FICKLE) for token in query.tokens):
        return {**headers, "Cache-Control": "no-store"}
    all_parts = (kamara.__version__, runner.pool.settings.default_graph, chosen.name, *parts, query.text)
    digest = blake2b("\0".join(all_parts).encode(), digest_size=12).hexdigest()
    return {**headers, "ETag": f'W/"{version.number}-{digest}"'}


async def respond(
    http: Request, runner: Runner, query: Inspected, request: QueryRequest, headers: dict[str, str]
) -> Response:
    """The answer with its headers; 304 when the client holds it. Raises what `Runner.run` raises."""
    known = split_tags(http.headers.get("if-none-match", ""))
    if http.method != "POST" and "ETag" in headers and matches(headers["ETag"], known):
        return Response(status_code=304, headers=headers)
    result = await runner.run(http, query, request)
    if headers["Kamara-Version"] != str(result.version.number):
        # A version was published in between.
        headers = {**headers, "Kamara-Version": str(result.version.number)}
        headers.pop("ETag", None)
    return Answer(result, headers)
