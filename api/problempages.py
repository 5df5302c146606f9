"""`/problem` and `/problem/{name}`: what each kind of refusal means, as a page or as JSON."""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from kamara.api.negotiation import choose, choose_language
from kamara.api.problems import Refusal
from kamara.api.routing import readable
from kamara.site.frame import Frame
from kamara.site.pages import Pages
from kamara.site.problems import Kind
from kamara.site.texts import LANGUAGES, Language

_HEADERS = {"Vary": "Accept, Accept-Language"}


def router(pages: Pages) -> APIRouter:
    """The routes that the `type` of a problem leads to."""
    routes = APIRouter()
    kinds = pages.problems.by_name

    def problems(request: Request) -> Response:
        """Every kind of refusal, with its HTTP status and what to do."""
        if not _wants_page(request):
            return JSONResponse([_told(kind) for kind in kinds.values()], headers=_HEADERS)
        frame = Frame(_language(request))
        title = pages.texts[frame.language]["problems_title"]
        return _page(pages, "problems.html", frame, title=title, kinds=kinds.values())

    def problem(request: Request, name: str) -> Response:
        """One kind of refusal."""
        kind = kinds.get(name)
        if kind is None:
            raise Refusal(404, f"there is no kind of problem `{name[:40]}`", remedy="look at /problem")
        if not _wants_page(request):
            return JSONResponse(_told(kind), headers=_HEADERS)
        frame = Frame(_language(request), root="../")
        return _page(pages, "problem.html", frame, title=kind.title[frame.language], kind=kind)

    readable(routes, "/problem", problems)
    readable(routes, "/problem/{name}", problem)
    return routes


def _wants_page(request: Request) -> bool:
    offers = {"application/json": False, "text/html": True, "application/xhtml+xml": True}
    return choose(request.headers.get("accept"), offers) is True


def _language(request: Request) -> Language:
    return cast(Language, choose_language(request.headers.get("accept-language"), LANGUAGES))


def _page(pages: Pages, template: str, frame: Frame, **values: object) -> Response:
    headers = _HEADERS | {"Content-Language": frame.language}
    return HTMLResponse(pages.render(template, frame, **values), headers=headers)


def _told(kind: Kind) -> dict[str, object]:
    return {
        "type": kind.address,
        "status": kind.status,
        "title": dict(kind.title),
        "help": dict(kind.help),
    }
