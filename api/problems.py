"""Refusals as RFC 9457 problem details; a page for a browser. Never a stack trace."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from kamara.api.indexing import NOT_INDEXED
from kamara.api.negotiation import choose, choose_language
from kamara.api.seen.note import note_of
from kamara.errors import KamaraError
from kamara.site.frame import Frame, root_from
from kamara.site.pages import Pages
from kamara.site.problems import Kind
from kamara.site.texts import LANGUAGES, Language
from kamara.sparql.errors import (
    BusyError,
    CancelledError,
    DeadlineError,
    FormatError,
    Limit,
    MemoryLimitError,
    ParameterError,
    PinError,
    QueryError,
    RefusedError,
    RoomError,
    ServiceError,
    ServiceRefusal,
    SyntaxRefusal,
    TooComplexError,
    TooDeepError,
    TooLongError,
    TooManyError,
    UnpublishedError,
    UpdateRefusal,
)

_LOG = logging.getLogger("kamara.api")

# Kinds of site/problems.toml. Of an error's classes the first that is listed counts.
_KINDS: Mapping[type[Exception], str] = {
    TooLongError: "too-long",
    TooDeepError: "too-deep",
    TooComplexError: "too-complex",
    ServiceRefusal: "service",
    UpdateRefusal: "update",
    RefusedError: "refused",
    SyntaxRefusal: "syntax",
    DeadlineError: "deadline",
    MemoryLimitError: "memory",
    BusyError: "busy",
    TooManyError: "budget",
    FormatError: "format",
    PinError: "pin",
    RoomError: "room",
    ServiceError: "service-failed",
    CancelledError: "stopped",
    ParameterError: "parameter",
    QueryError: "evaluation",
    UnpublishedError: "empty",
}
_RETRY_SECONDS: Mapping[str, int] = {"busy": 5, "stopped": 5, "empty": 60, "budget": 60}
_MEDIA_TYPE = "application/problem+json"
_PLACE = re.compile(r"line (\d+), column (\d+)\Z")
# The detail is English: without a wish the title is, too.
_LANGUAGES = ("en", "el")


class Refusal(KamaraError):  # noqa: N818 - a refusal is an answer, no fault of ours
    """A request that is refused with this HTTP status. `headers` go with the answer.

    `kind` names a kind of site/problems.toml; without one it is the first of its status. `members` are
    further members of the problem (RFC 9457, section 3.2).
    """

    def __init__(
        self,
        status: int,
        what: str,
        *,
        remedy: str = "",
        headers: Mapping[str, str] | None = None,
        kind: str = "",
        limit: Limit | None = None,
        asked: float | str | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(what, remedy=remedy)
        self.status = status
        self.headers = dict(headers or {})
        self.kind = kind
        self.limit = limit
        self.asked = asked
        self.members = dict(members or {})


def install(app: FastAPI, pages: Pages) -> None:
    """Let every refusal and failure of `app` leave as a problem."""

    def refuse(request: Request, error: Exception) -> Response:
        return answer(request, error, pages)

    for kind in (KamaraError, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, refuse)


def answer(request: Request, error: Exception, pages: Pages) -> Response:
    """The response to a request that ended in `error`. `request` needs no more than an ASGI scope."""
    kind, status, detail, headers = _told(error, pages)
    note = note_of(request.scope)
    note.problem = kind.name if kind else str(status)
    if status == 500:
        _LOG.error("%s %s: %s: %s", request.method, request.url.path, type(error).__name__, error)
    varies = "Accept, Accept-Language, Prefer" if note.asks else "Accept, Accept-Language"
    headers = {"Vary": varies, "Cache-Control": "no-store", **headers}
    if note.asks and 400 <= status < 500 and status != 429:
        # Not while the server is only busy: a robot that minds no status would drop the page for good.
        headers |= NOT_INDEXED
    accept, wishes = request.headers.get("accept"), request.headers.get("accept-language")
    if choose(accept, {_MEDIA_TYPE: "json", "application/json": "json", "text/html": "html"}) == "html":
        language = cast(Language, choose_language(wishes, LANGUAGES))
        frame = Frame(language, root=root_from(request.url.path.removeprefix("/")))
        page = pages.error(frame, problem(kind, status, detail, error, language), kind)
        return HTMLResponse(page, status, headers | {"Content-Language": language})
    language = cast(Language, choose_language(wishes, _LANGUAGES))
    body = problem(kind, status, detail, error, language)
    return JSONResponse(body, status, headers, media_type=_MEDIA_TYPE)


def explain(
    error: Exception, pages: Pages, language: Language
) -> tuple[int, dict[str, object], dict[str, str]]:
    """The status of an error, its problem in `language`, and the headers that go with it."""
    kind, status, detail, headers = _told(error, pages)
    return status, problem(kind, status, detail, error, language), headers


def told(error: Exception, pages: Pages, language: Language = "en") -> dict[str, object]:
    """The members of the problem that an error is."""
    kind, status, detail, _ = _told(error, pages)
    return problem(kind, status, detail, error, language)


def problem(
    kind: Kind | None, status: int, detail: str, error: Exception, language: Language
) -> dict[str, object]:
    """The members of the problem (RFC 9457, section 3), title and help in `language`."""
    told: dict[str, object] = {
        "type": kind.address if kind else "about:blank",
        "title": kind.title[language] if kind else HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if kind:
        told["help"] = kind.help[language]
    if isinstance(error, QueryError | Refusal):
        told |= {"limit": asdict(error.limit)} if error.limit else {}
        told |= {"asked": error.asked} if error.asked is not None else {}
    if isinstance(error, QueryError):
        told |= {"rewrite": error.rewrite} if error.rewrite else {}
        if place := _PLACE.match(error.where):
            told |= {"line": int(place[1]), "column": int(place[2])}
    return told | (error.members if isinstance(error, Refusal) else {})


def _told(error: Exception, pages: Pages) -> tuple[Kind | None, int, str, dict[str, str]]:
    """Kind, status, what a stranger may read, and headers."""
    kinds = pages.problems
    if isinstance(error, Refusal):
        kind = kinds[error.kind] if error.kind else kinds.of_status(error.status)
        return kind, error.status, str(error), error.headers
    if isinstance(error, HTTPException):
        code = error.status_code
        return kinds.of_status(code), code, str(error.detail), dict(error.headers or {})
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        told = f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
        return kinds["request"], 400, told, {}
    name = next((_KINDS[kind] for kind in type(error).__mro__ if kind in _KINDS), None)
    if name is None:
        detail = "the server failed to answer; its log says why; try again later"
        return kinds["failed"], 500, detail, {}
    wait = getattr(error, "retry_after", None) or _RETRY_SECONDS.get(name)
    return kinds[name], kinds[name].status, str(error), {"Retry-After": str(wait)} if wait else {}
