"""What the server says of itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

import kamara
from kamara.api.routing import readable
from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.loaders.freshness import freshness
from kamara.loaders.source import readable_sources
from kamara.sparql.errors import UnpublishedError
from kamara.sparql.pool.querypool import QueryPool

_NO_STORE = {"Cache-Control": "no-store"}


def router(pool: QueryPool, settings: Settings) -> APIRouter:
    """`/health` and `/version`."""
    routes = APIRouter()

    def health() -> JSONResponse:
        """200 while a version can be read, 503 before the first; `age` is that of the version, in seconds.

        `late` names the sources that are older than they promise, `sources` tells of each. Why a fetch failed
        is not told here: the line may name files and servers inside; `kamara status` has it.
        """
        body: dict[str, Any] = _sources(settings)
        try:
            version = pool.version()
        except UnpublishedError as error:
            empty = {"status": "empty", "detail": str(error), **body}
            return JSONResponse(empty, 503, _NO_STORE | {"Retry-After": "60"})
        age = (datetime.now(UTC) - datetime.fromisoformat(version.created)).total_seconds()
        told = {"status": "ok", "version": version.number, "published": version.created, "age": int(age)}
        return JSONResponse(told | body, headers=_NO_STORE)

    def version() -> JSONResponse:
        """The software's version, the published version and its position in the log."""
        current = pool.version()
        body = {
            "software": kamara.__version__,
            "version": current.number,
            "sequence": current.sequence,
            "published": current.created,
            "quads": current.quads,
        }
        return JSONResponse(body, headers=_NO_STORE)

    readable(routes, "/health", health)
    readable(routes, "/version", version)
    return routes


def _sources(settings: Settings) -> dict[str, Any]:
    """The sources against their promise; times in UTC."""
    try:
        found, _ = readable_sources(settings.resources)
        told = freshness(settings, found.values(), datetime.now(UTC))
    except KamaraError:
        return {"late": [], "sources": None}
    sources = [
        {
            "source": one.source,
            "state": one.state,
            "frequency": one.frequency,
            "success": _iso(one.success),
            "attempt": _iso(one.attempt),
            "failures": one.failures,
            "due": _iso(one.due),
        }
        for one in told
    ]
    return {"late": [one.source for one in told if one.is_late], "sources": sources}


def _iso(time: datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time else None
