"""SPARQL Update at `/sparql` (SPARQL 1.1 Protocol, section 2.2): INSERT DATA and DELETE DATA on one graph."""

from __future__ import annotations

from collections.abc import Iterable

from fastapi import Request, Response

from kamara.api.problems import Refusal
from kamara.api.writing.conditions import condition
from kamara.api.writing.desk import Desk
from kamara.api.writing.jobs import UpdateJob

DIRECT = "application/sparql-update"
_USING = ("using-graph-uri", "using-named-graph-uri")


def is_update(request: Request) -> bool:
    """Whether the body of a request is an update (section 2.2.2)."""
    media_type = request.headers.get("content-type", "").partition(";")[0]
    return request.method == "POST" and media_type.strip().lower() == DIRECT


class Updates:
    """Takes updates."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def direct(self, request: Request) -> Response:
        """An update that is the body of a request. Raises Refusal."""
        # Whoever may not write is told so before the body is read.
        self._desk.admit(request)
        charset = request.headers.get("content-type", "").lower().partition("charset=")[2].strip(' "')
        if charset not in ("", "utf-8", "utf8"):
            raise Refusal(415, f"the charset {charset[:40]} is not read", remedy="send UTF-8")
        body = await self._desk.body(request)
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refusal(
                400, f"the request is not UTF-8 (byte {error.start})", remedy="send UTF-8"
            ) from error
        return await self.take(request, text, request.query_params.keys())

    async def take(self, request: Request, text: str, parameters: Iterable[str]) -> Response:
        """An update, and the names of the parameters sent beside it. Raises Refusal."""
        editor = self._desk.admit(request)
        using = tuple(name for name in parameters if name in _USING)
        base_iri = self._desk.settings.base_iri
        return await self._desk.write(UpdateJob(text, base_iri, using, condition(request), editor))
