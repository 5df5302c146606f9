"""Refusals as RFC 9457 problem details; a page for a browser. Never a stack trace."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException

from kamara.api.negotiation import choose, choose_language
from kamara.errors import KamaraError
from kamara.site.frame import Frame, root_from
from kamara.site.pages import Pages
from kamara.site.texts import LANGUAGES, Language
from kamara.sparql.errors import (
    BusyError,
    CancelledError,
    DeadlineError,
    QueryError,
    TooLongError,
    UnpublishedError,
)

_LOG = logging.getLogger("kamara.api")

# Of an error's classes the first that is listed counts.
_STATUS: Mapping[type[Exception], int] = {
    TooLongError: 413,
    DeadlineError: 504,
    BusyError: 503,
    CancelledError: 503,
    UnpublishedError: 503,
    QueryError: 400,
}
_RETRY_SECONDS: Mapping[type[Exception], int] = {BusyError: 5, CancelledError: 5, UnpublishedError: 60}
_MEDIA_TYPE = "application/problem+json"


class Refusal(KamaraError):  # noqa: N818 - a refusal is an answer, no fault of ours
    """A request that is refused with this HTTP status. `headers` go with the answer."""

    def __init__(
        self, status: int, what: str, *, remedy: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(what, remedy=remedy)
        self.status = status
        self.headers = dict(headers or {})


def install(app: FastAPI, pages: Pages) -> None:
    """Let every refusal and failure of `app` leave as a problem."""

    def refuse(request: Request, error: Exception) -> Response:
        return answer(request, error, pages)

    for kind in (KamaraError, HTTPException, RequestValidationError, Exception):
        app.add_exception_handler(kind, refuse)


def answer(request: Request, error: Exception, pages: Pages) -> Response:
    """The response to a request that ended in `error`."""
    status, detail, headers = _told(error)
    if status >= 500 and not isinstance(error, QueryError | UnpublishedError):
        _LOG.error("%s %s: %s: %s", request.method, request.url.path, type(error).__name__, error)
    headers = {"Vary": "Accept, Accept-Language", "Cache-Control": "no-store", **headers}
    accept = request.headers.get("accept")
    if choose(accept, {_MEDIA_TYPE: "json", "application/json": "json", "text/html": "html"}) == "html":
        language = cast(Language, choose_language(request.headers.get("accept-language"), LANGUAGES))
        frame = Frame(language, root=root_from(request.url.path.removeprefix("/")))
        return HTMLResponse(pages.error(frame, status=status, detail=detail), status, headers)
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(problem, status, headers, media_type=_MEDIA_TYPE)


def _told(error: Exception) -> tuple[int, str, dict[str, str]]:
    """Status, what a stranger may read, and headers."""
    if isinstance(error, Refusal):
        return error.status, str(error), error.headers
    if isinstance(error, HTTPException):
        return error.status_code, str(error.detail), dict(error.headers or {})
    if isinstance(error, RequestValidationError):
        first = error.errors()[0]
        return 400, f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}", {}
    for kind in type(error).__mro__:
        if kind in _STATUS:
            retry = {"Retry-After": str(_RETRY_SECONDS[kind])} if kind in _RETRY_SECONDS else {}
            return _STATUS[kind], str(error), retry
    return 500, "the server failed to answer; its log says why; try again later", {}
