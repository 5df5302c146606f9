"""What a client asks of `/sparql` (SPARQL 1.1 Protocol, section 2.1), taken out of an HTTP request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request

from kamara.api.problems import Refusal
from kamara.sparql.errors import Limit
from kamara.sparql.terms import is_iri

ALLOW = {"Allow": "GET, HEAD, POST, OPTIONS"}
_FORM, _DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
_KNOWN = ("query", "default-graph-uri", "named-graph-uri", "format", "update")
# A form's percent-encoding takes three bytes for one; the rest is room for graph names.
_FORM_FACTOR, _ROOM = 3, 16384
_THROWN_AWAY = 16 << 20


@dataclass(frozen=True)
class Asked:
    """A query with the dataset and the format named beside it; no text when nothing was asked.

    `update`: the update that a form holds in the place of a query. `parameters`: the names of what was sent.
    """

    text: str | None
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]
    format: str | None
    update: str | None = None
    parameters: frozenset[str] = frozenset()

    @property
    def dataset(self) -> tuple[str, ...]:
        """The graphs that are named, as one value."""
        return ("d", *self.default_graphs, "n", *self.named_graphs)


def longest_body(max_bytes: int) -> int:
    """The longest form that may hold a query of `max_bytes`."""
    return max_bytes * _FORM_FACTOR + _ROOM


async def read(request: Request, max_bytes: int) -> Asked:
    """Take the question from a GET, HEAD or POST. Raises Refusal (400, 413, 415)."""
    parameters = _pairs(request.scope["query_string"])
    if request.method != "POST":
        return _without_update(_asked(parameters))
    media_type, charset = _content_type(request)
    if charset not in ("", "utf-8", "utf8"):
        raise Refusal(415, f"the charset {charset[:40]} is not read", remedy="send UTF-8")
    if media_type == _FORM:
        body = await _body(request, longest_body(max_bytes))
        _without_update(_asked(parameters))
        asked = _asked(parameters + _pairs(body))
    elif media_type == _DIRECT:
        text = _utf8(await _body(request, max_bytes))
        asked = _without_update(_asked([*parameters, ("query", text)]))
    else:
        raise Refusal(
            415,
            f"a query cannot be sent as {media_type[:60] or 'a body without Content-Type'}",
            remedy=f"use {_DIRECT} or {_FORM}",
        )
    if asked.text is None and asked.update is None:
        raise Refusal(400, "no query was sent", remedy="send it as the parameter `query`")
    return asked


def _asked(pairs: Sequence[tuple[str, str]]) -> Asked:
    values: Mapping[str, list[str]] = {
        name: [value for key, value in pairs if key == name] for name in _KNOWN
    }
    # Not `format`: SPARQLWrapper sends a short name and then media types; the first counts.
    for name in ("query", "update"):
        if len(values[name]) > 1:
            raise Refusal(400, f"`{name}` is given {len(values[name])} times", remedy="give it once")
    if values["update"] and values["query"]:
        raise Refusal(400, "both `query` and `update` are given", remedy="send one of them")
    for iri in (*values["default-graph-uri"], *values["named-graph-uri"]):
        if not is_iri(iri):
            raise Refusal(400, f"`{iri[:80]}` is not the absolute IRI of a graph", remedy="write it in full")
    return Asked(
        next(iter(values["query"]), None),
        values["default-graph-uri"],
        values["named-graph-uri"],
        next(filter(None, values["format"]), None),
        next(iter(values["update"]), None),
        frozenset(key for key, _ in pairs),
    )


def _without_update(asked: Asked) -> Asked:
    """The same. Raises Refusal (400) for an update where only a query may stand (section 2.2)."""
    if asked.update is not None:
        raise Refusal(
            400,
            "an update is sent in the body of a POST",
            remedy="send `query`, or POST a form with `update`",
        )
    return asked


def _content_type(request: Request) -> tuple[str, str]:
    media_type, *parameters = request.headers.get("content-type", "").split(";")
    pairs = (parameter.partition("=") for parameter in parameters)
    charset = next((value for name, _, value in pairs if name.strip().lower() == "charset"), "")
    return media_type.strip().lower(), charset.strip().strip('"').lower()


async def _body(request: Request, limit: int) -> bytes:
    """The body. Raises Refusal (413) when it is longer than `limit` bytes."""
    # Read on to a bound, and throw away: most clients read no answer before they have sent everything.
    held, size = bytearray(), 0
    async for piece in request.stream():
        size += len(piece)
        if size <= limit:
            held += piece
        elif size > _THROWN_AWAY:
            break
    if size > limit:
        raise Refusal(
            413,
            f"the request is longer than {limit} bytes (query.max_bytes)",
            remedy="shorten the query",
            headers={"Connection": "close"},
            limit=Limit("query.max_bytes", limit, "bytes"),
            asked=size,
        )
    return bytes(held)


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(_utf8(encoded), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except ValueError as error:
        raise Refusal(
            400, "the parameters are not percent-encoded UTF-8", remedy="encode them again"
        ) from error


def _utf8(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal(400, f"the request is not UTF-8 (byte {error.start})", remedy="send UTF-8") from error
