"""Validators of a representation and conditional requests (RFC 9110, sections 8.8 and 13)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from fastapi import Request

import kamara
from kamara.api.gateway.conditions import is_since, matches, split_tags
from kamara.sparql.versions import Version


def validators(version: Version, representation: str) -> dict[str, str]:
    """Headers that tell one state of a representation from another: entity tag, date, version.

    Every document changes with the published version or the software, and with nothing else.
    """
    created = _created(version)
    return {
        "ETag": f'"{kamara.__version__}-{version.number}-{int(created.timestamp())}-{representation}"',
        "Last-Modified": format_datetime(created, usegmt=True),
        "Kamara-Version": str(version.number),
        "Cache-Control": "no-cache",
    }


def is_fresh(request: Request, headers: dict[str, str]) -> bool:
    """Whether the client already holds what these validators describe, so that 304 is the answer."""
    known = request.headers.get("if-none-match")
    if known is not None:
        return matches(headers["ETag"], split_tags(known))
    return is_since(headers["Last-Modified"], request.headers.get("if-modified-since"))


def _created(version: Version) -> datetime:
    return datetime.fromisoformat(version.created).astimezone(UTC)
