"""What happens in the pool, told to whoever wants to count it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LaneName = Literal["quick", "long", "job"]
Outcome = Literal["answered", "deadline", "memory", "cancelled", "refused", "failed"]


@dataclass(frozen=True)
class LaneState:
    """Queries that wait and that run in a lane, and its worker processes, at one moment."""

    waiting: int
    running: int
    workers: int


class PoolObserver:
    """Is told of what happens, in the event loop: its methods must return at once. This one does nothing."""

    def queued(self, lane: LaneName) -> None:
        """A query waits for a seat in the lane."""

    def started(self, lane: LaneName, waited_seconds: float) -> None:
        """A query has its seat in the lane, after this wait. One that moves on starts in both lanes."""

    def ended(self, lane: LaneName, outcome: Outcome, seconds: float) -> None:
        """A query is over; `seconds` of the engine's work. Once for each query that got a seat or failed."""

    def killed(self, reason: str) -> None:
        """A worker process was ended: `deadline`, `memory`, `cancelled`, `moved`, `failed`."""
