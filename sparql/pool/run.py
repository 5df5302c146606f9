"""One query on its way through a worker: its clocks, what it has produced, how it ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from kamara.sparql.errors import CancelledError, GraphError
from kamara.sparql.pool.failures import busy_error, deadline_error
from kamara.sparql.pool.observer import LaneName
from kamara.sparql.pool.process import WorkerProcess
from kamara.sparql.pool.spool import HELD_BYTES, Room, Spool

_OPENING_SECONDS = 60.0
_DEADLINES = {
    "quick": "query.deadline_seconds",
    "long": "query.deadline_seconds",
    "job": "query.job_seconds",
}


class Run:
    """A query that is asked of one worker, and of another when it has to begin again.

    `freed` is called with the lane and the worker once its work for this query is over.
    """

    def __init__(self, question: bytes, room: Room, freed: Callable[[LaneName, WorkerProcess], None]) -> None:
        self.over = False
        self.rows: int | None = None
        self.error: GraphError | None = None
        self.worker: WorkerProcess | None = None
        self.lane: LaneName = "quick"
        self.deadline = 0.0
        self.on_over: Callable[[Run], None] | None = None
        self._question = question
        self._room = room
        self._freed = freed
        self._loop = asyncio.get_running_loop()
        self._spool: Spool | None = None
        self._only = b""
        self._quick = 0.0
        self._began = 0.0
        self._spent = 0.0
        self._clock: asyncio.TimerHandle | None = None
        self._told: asyncio.Future[None] | None = None

    @property
    def seconds(self) -> float:
        """What the engine has worked so far."""
        return self._spent + (time.perf_counter() - self._began if self._began else 0.0)

    @property
    def spool(self) -> Spool:
        """What it has produced."""
        if self._spool is None:
            self._spool = Spool(self._room)
        return self._spool

    def begin(self, worker: WorkerProcess, lane: LaneName, deadline: float, quick: float = 0.0) -> None:
        """Ask the worker. `quick`: seconds after which `settled` returns whatever there is, 0 for none."""
        self.worker, self.lane, self.deadline, self._quick = worker, lane, deadline, quick
        if worker.ready:
            self.opened()
        else:
            self._clock = self._loop.call_later(_OPENING_SECONDS, self._not_opened)
        worker.ask(self._question, self)

    async def settled(self) -> None:
        """Return when the query is over, its quick time is, or (in other lanes) at its first piece."""
        if not self.over:
            self._told = self._loop.create_future()
            await self._told

    def move(self, lane: LaneName) -> None:
        """Go on in another lane, until its deadline."""
        self.lane = lane
        self._stop_clock()
        self._clock = self._loop.call_later(max(0.0, self.deadline - self.seconds), self._too_late)

    def abandon(self) -> float:
        """Take the query from its worker, which dies, to begin again. Gives the seconds that are lost."""
        self._stop_clock()
        lost = self.seconds
        self._spent = self._began = 0.0
        worker, self.worker = self.worker, None
        if worker is not None:
            worker.end()
        self._drop()
        return lost

    def stop(self, error: GraphError) -> None:
        """End the query unless it is over; its worker dies."""
        if self.over:
            return
        worker = self.worker
        self._finish(error)
        if worker is not None:
            worker.end()

    def close(self) -> None:
        """Nobody wants its answer any more."""
        self.stop(CancelledError("the query was stopped: nobody waits for its answer"))
        self._drop()

    def take_whole(self) -> bytes | None:
        """The whole answer, when it is there and in memory; None otherwise."""
        if not self.over or self.error is not None:
            return None
        return self._only if self._spool is None else self._spool.take_all()

    async def get(self) -> bytes | None:
        """The next piece; None at the end. Raises QueryError or StoreError."""
        piece = await self.spool.get()
        if self.worker is not None and not self.spool.full:
            self.worker.resume()
        return piece

    def opened(self) -> None:
        """See `Asker`: the time that a worker needs to start is not the query's."""
        self._stop_clock()
        self._began = time.perf_counter()
        if 0 < self._quick < self.deadline:
            self._clock = self._loop.call_later(self._quick, self._wake)
        else:
            self._clock = self._loop.call_later(self.deadline, self._too_late)

    def arrived(self, piece: bytes) -> None:
        """See `Asker`."""
        spool = self.spool
        spool.put(piece)
        if self.lane != "quick" or spool.size > HELD_BYTES:
            self._wake()
        if spool.full and self.worker is not None:
            self.worker.pause()

    def finished(self, rows: int, piece: bytes) -> None:
        """See `Asker`."""
        self.rows = rows
        if self._spool is None:
            self._only = piece
        elif piece:
            self._spool.put(piece)
        self._leave(None)

    def failed(self, error: GraphError) -> None:
        """See `Asker`."""
        self._leave(error)

    def _leave(self, error: GraphError | None) -> None:
        """Give the worker back, and end: in this order, so that the worker does not wait for us."""
        worker, self.worker = self.worker, None
        if worker is not None:
            self._freed(self.lane, worker)
        self._finish(error)

    def _finish(self, error: GraphError | None) -> None:
        self._stop_clock()
        self._stand_still()
        self.over, self.error, self.worker = True, error, None
        if self._spool is not None:
            self._spool.end(error)
        self._wake()
        if self.on_over is not None:
            self.on_over(self)

    def _not_opened(self) -> None:
        self.stop(busy_error(f"no worker was ready in {_OPENING_SECONDS:g} seconds"))

    def _too_late(self) -> None:
        self.stop(deadline_error(self.deadline, _DEADLINES[self.lane]))

    def _wake(self) -> None:
        if self._told is not None and not self._told.done():
            self._told.set_result(None)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
            self._clock = None

    def _stand_still(self) -> None:
        self._spent, self._began = self.seconds, 0.0

    def _drop(self) -> None:
        if self._spool is not None:
            self._spool.close()
            self._spool = None
