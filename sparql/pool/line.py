"""The seats of a lane and the bounded line before them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from kamara.sparql.errors import Limit
from kamara.sparql.pool.failures import busy_error, stopping_error
from kamara.sparql.pool.observer import LaneName

T = TypeVar("T")


@dataclass(eq=False)
class Waiter(Generic[T]):
    """One query in line: its client's key, its shape, how it begins, and what it is told.

    It is told what `begin` gives, or None when it is sent away.
    """

    client: bytes
    shape: bytes
    begin: Callable[[], T]
    told: asyncio.Future[T | None]


class Line:
    """Seats, and who waits for one. `rank` says who is next: the smallest, of equals who came first.

    `admits` says whether a query of this shape may have a seat that is free; where who ranks first may not,
    nobody may. It is asked again whenever a seat is given back.
    Who gets a seat begins at once, not when the event loop comes to its task: a worker would wait meanwhile.
    """

    def __init__(
        self,
        lane: LaneName,
        seats: int,
        places: int,
        seconds: float,
        *,
        rank: Callable[[Waiter[Any]], Any],
        admits: Callable[[bytes], bool],
    ) -> None:
        """`places`: queries that may wait; `seconds`: how long each may."""
        self.lane = lane
        self.free = seats
        self.waiting: list[Waiter[Any]] = []
        self._places = places
        self._seconds = seconds
        self._rank = rank
        self._admits = admits

    def take(self, shape: bytes) -> bool:
        """Take a seat if one is free for a query of this shape."""
        if not self.free or not self._admits(shape):
            return False
        self.free -= 1
        return True

    async def wait(self, client: bytes, shape: bytes, begin: Callable[[], T]) -> T | None:
        """Wait for a seat, and begin; None when the query was sent away to another lane.

        Raises BusyError when the line is full or the wait too long, and what `begin` raises.
        """
        if len(self.waiting) >= self._places:
            limit = Limit(_SETTINGS[self.lane], self._places, "queries")
            raise busy_error(f"{len(self.waiting)} queries wait already ({limit.name})", limit)
        loop = asyncio.get_running_loop()
        waiter = Waiter(client, shape, begin, loop.create_future())
        self.waiting.append(waiter)
        timer = loop.call_later(self._seconds, self._give_up, waiter)
        try:
            return await waiter.told
        finally:
            timer.cancel()
            if waiter in self.waiting:
                self.waiting.remove(waiter)

    def leave(self) -> None:
        """Give a seat back: to the next in line."""
        self.free += 1
        while self.free and (waiter := self._next()) is not None:
            self.free -= 1
            self.waiting.remove(waiter)
            try:
                waiter.told.set_result(waiter.begin())
            except Exception as error:
                waiter.told.set_exception(error)

    def send_away(self, shape: bytes) -> None:
        """Let those that wait with this shape look for another lane."""
        for waiter in [one for one in self._still_waiting() if one.shape == shape]:
            self.waiting.remove(waiter)
            waiter.told.set_result(None)

    def close(self) -> None:
        """Let all that wait fail: the server is stopping."""
        waiting, self.waiting = self._still_waiting(), []
        for waiter in waiting:
            waiter.told.set_exception(stopping_error())

    def _next(self) -> Waiter[Any] | None:
        """Who has a seat next; None while nobody may have one."""
        waiting = self._still_waiting()
        if not waiting:
            return None
        waiter = waiting[0] if len(waiting) == 1 else min(waiting, key=self._rank)
        return waiter if self._admits(waiter.shape) else None

    def _still_waiting(self) -> list[Waiter[Any]]:
        """Those in line whose client has not left: one that has leaves the line a moment later."""
        return [one for one in self.waiting if not one.told.done()]

    def _give_up(self, waiter: Waiter[Any]) -> None:
        if waiter in self._still_waiting():
            self.waiting.remove(waiter)
            waiter.told.set_exception(busy_error(f"no worker was free for {self._seconds:g} seconds"))


_SETTINGS = {"quick": "query.queue", "long": "query.long_queue", "job": "query.job_queue"}
