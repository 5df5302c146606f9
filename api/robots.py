"""`/robots.txt` (RFC 9309): what robots leave alone."""

from __future__ import annotations

from fastapi import APIRouter, Response

from kamara.api.routing import readable
from kamara.site.pages import Pages

# A robot reads it once a day at most (RFC 9309, section 2.4); a changed one is known within the hour.
_HEADERS = {"Cache-Control": "max-age=3600"}


def router(pages: Pages) -> APIRouter:
    """The route `/robots.txt`."""
    routes = APIRouter()
    text = pages.robots.read_text(encoding="utf-8")

    def robots() -> Response:
        """Which addresses robots leave alone."""
        return Response(text, media_type="text/plain", headers=_HEADERS)

    readable(routes, "/robots.txt", robots)
    return routes
