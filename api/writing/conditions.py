"""Entity tags of edited graphs, and what a client says about them (RFC 9110, sections 8.8.3 and 13.1)."""

from __future__ import annotations

import re

from fastapi import Request

from kamara.loaders.editing.change import Condition
from kamara.sparql.formats import Format

# All representations of one state are one state: what was read as Turtle may be written as JSON-LD.
_TAG = re.compile(r'(?:W/)?"(?P<state>\d+\.\d+)-[^"]*"')


def tag(state: str, chosen: Format) -> str:
    """The entity tag of a representation of a graph in a state (`editing.state_of`)."""
    return f'"{state}-{chosen.name}"'


def condition(request: Request) -> Condition:
    """What If-Match and If-None-Match ask of the state of the graph before it is written."""
    return Condition(_states(request.headers.get("if-match")), _states(request.headers.get("if-none-match")))


def _states(header: str | None) -> tuple[str, ...] | None:
    if header is None:
        return None
    words = [word.strip() for word in header.split(",")]
    return tuple(found["state"] if (found := _TAG.fullmatch(word)) else word for word in words)
