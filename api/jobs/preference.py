"""What a client prefers (RFC 7240)."""

from __future__ import annotations

from fastapi import Request

APPLIED = {"Preference-Applied": "respond-async"}


def prefers_job(request: Request) -> bool:
    """Whether a request says `Prefer: respond-async`; `wait` beside it is not looked at."""
    wishes = ",".join(request.headers.getlist("prefer")).split(",")
    names = (wish.partition(";")[0].partition("=")[0].strip().lower() for wish in wishes)
    return request.method != "HEAD" and "respond-async" in names
