"""Validators of a representation and conditional requests (RFC 9110, sections 8.8 and 13)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request

import kamara
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
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return bool(tags & {"*", headers["ETag"]})
    since = request.headers.get("if-modified-since")
    try:
        return since is not None and parsedate_to_datetime(headers["Last-Modified"]) <= parsedate_to_datetime(
            since
        )
    except (TypeError, ValueError):
        return False


def _created(version: Version) -> datetime:
    return datetime.fromisoformat(version.created).astimezone(UTC)
