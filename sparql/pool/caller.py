"""Who asks: what the pool may know of a client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AskedLane = Literal["interactive", "job"]


@dataclass(frozen=True)
class Caller:
    """Who asks, and in which lane.

    `client`: any text that stands for the client (its address); empty: the server itself. The pool keeps it
    only as a keyed hash.
    """

    client: str = ""
    lane: AskedLane = "interactive"
