"""Entity tags of query answers, and answers that carry them."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import Request, Response

from kamara.api.gateway.conditions import matches, split_tags
from kamara.api.gateway.querytag import query_tag
from kamara.api.indexing import NOT_INDEXED
from kamara.api.seen.note import note_of
from kamara.api.streaming import Answer, Runner
from kamara.sparql.formats import Format
from kamara.sparql.guard import Inspected
from kamara.sparql.request import QueryRequest

_VARY = {"Vary": "Accept, Accept-Language, Prefer"}


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
