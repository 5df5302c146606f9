"""What the server says of itself."""

from __future__ import annotations

from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse

import kamara
from kamara.sparql.errors import UnpublishedError
from kamara.sparql.workers import QueryPool

_NO_STORE = {"Cache-Control": "no-store"}


def router(pool: QueryPool) -> APIRouter:
    """`/health` and `/version`."""
    routes = APIRouter()

    @routes.api_route("/health", methods=["GET", "HEAD"])
    def health() -> JSONResponse:
        """200 while a version can be read, 503 before the first; `age` is that of the version, in seconds."""
        try:
            version = pool.version()
        except UnpublishedError as error:
            return JSONResponse(
                {"status": "empty", "detail": str(error)}, 503, _NO_STORE | {"Retry-After": "60"}
            )
        age = (datetime.now(UTC) - datetime.fromisoformat(version.created)).total_seconds()
        body = {"status": "ok", "version": version.number, "published": version.created, "age": int(age)}
        return JSONResponse(body, headers=_NO_STORE)

    @routes.api_route("/version", methods=["GET", "HEAD"])
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

    return routes
