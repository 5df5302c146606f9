"""How routes are added: GET is described in OpenAPI; HEAD answers the same without its body."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter


def readable(routes: APIRouter, path: str, endpoint: Callable[..., Any]) -> None:
    """Answer GET and HEAD of `path` with `endpoint`."""
    routes.add_api_route(path, endpoint, methods=["GET"], response_model=None)
    routes.add_api_route(path, endpoint, methods=["HEAD"], response_model=None, include_in_schema=False)
