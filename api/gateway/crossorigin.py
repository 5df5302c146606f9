"""Scripts of other sites may read everything (CORS): all that is here is public."""

from __future__ import annotations

from starlette.types import Scope, Send

from kamara.api.gateway.held import Header

_EXPOSED = (
    "Allow",
    "Content-Location",
    "ETag",
    "Link",
    "Location",
    "Preference-Applied",
    "Retry-After",
    "Kamara-Cache",
    "Kamara-Lane",
    "Kamara-Rows",
    "Kamara-Seconds",
    "Kamara-Version",
)
_METHODS = "GET, HEAD, POST, PUT, DELETE, OPTIONS"

HEADERS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", ", ".join(_EXPOSED).encode()),
)
"""Headers of every answer."""


def is_preflight(scope: Scope) -> bool:
    """Whether a browser asks if a script may ask (Fetch Standard, CORS-preflight request)."""
    if scope["method"] != "OPTIONS":
        return False
    return {b"origin", b"access-control-request-method"} <= {name for name, _ in scope["headers"]}


async def allow(scope: Scope, send: Send) -> None:
    """Answer a preflight request: any method that is there, any header."""
    asked = dict(scope["headers"]).get(b"access-control-request-headers", b"*")
    headers = [
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", _METHODS.encode()),
        (b"access-control-allow-headers", asked),
        (b"access-control-max-age", b"86400"),
        (b"vary", b"Access-Control-Request-Headers"),
        (b"content-length", b"0"),
    ]
    await send({"type": "http.response.start", "status": 204, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
