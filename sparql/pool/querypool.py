"""The pool of query workers: which lane a query takes, on which version, for how long."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from kamara.config import Settings
from kamara.sparql.errors import BusyError, QueryError, UnpublishedError
from kamara.sparql.formats import formats_of
from kamara.sparql.guard import Inspected, inspect
from kamara.sparql.layout import Layout
from kamara.sparql.pool import ceiling
from kamara.sparql.pool.accounts import Accounts
from kamara.sparql.pool.answer import QueryAnswer
from kamara.sparql.pool.caller import Caller
from kamara.sparql.pool.crew import Crew
from kamara.sparql.pool.failures import outcome_of, stopping_error
from kamara.sparql.pool.line import Line, Waiter
from kamara.sparql.pool.observer import LaneName, LaneState, PoolObserver
from kamara.sparql.pool.process import WorkerProcess
from kamara.sparql.pool.run import Run
from kamara.sparql.pool.shapes import Shapes
from kamara.sparql.pool.spool import Room
from kamara.sparql.request import QueryRequest, question
from kamara.sparql.service.federation import Federation
from kamara.sparql.versions import Version

_LONG_TEXT = 4096
_LOOK_SECONDS = 0.002


class VersionSource(Protocol):
    """Where the version to read comes from: `Versions`, or one fixed version."""

    def current(self) -> Version | None:
        """The version that readers see."""

    def lease(self, version: Version) -> AbstractContextManager[object]:
        """Keep a version while it is read."""


@dataclass(frozen=True)
class _Asked:
    """What decides on a query's way."""

    client: bytes
    shape: bytes
    pinned: Version | None


class QueryPool:
    """Worker processes that answer queries on the published version, for one event loop.

    Every query begins in the quick lane. One that is not done in time moves to the long lane with its worker,
    or begins again there. A worker keeps the version that it opened; once another is published it is replaced
    before the next query.
    """

    def __init__(
        self, settings: Settings, versions: VersionSource, observer: PoolObserver | None = None
    ) -> None:
        self.settings = settings
        self.limits = settings.query
        self.observer = observer or PoolObserver()
        self.loop: asyncio.AbstractEventLoop | None = None
        self._versions = versions
        self._accounts = Accounts(self.limits)
        self._shapes = Shapes()
        self.federation = Federation(settings.query, settings.base_iri)
        self._room = Room(self.limits.spool_mb << 20, Layout(settings.data_dir).scratch)
        self._runs: set[Run] = set()
        self._closed = False
        limits = self.limits
        ceiling.check(settings)
        quick = self._line("quick", limits.workers, limits.queue, self._may_try)
        self._quick = Crew(quick, self._new_worker, limits.workers + 1)
        self._long = self._crew("long", limits.long_workers, limits.long_queue)
        self._job = self._crew("job", limits.job_workers, limits.job_queue)
        self._crews: dict[LaneName, Crew] = {"quick": self._quick, "long": self._long, "job": self._job}

    def version(self) -> Version:
        """The version that a query asked now would see. Raises UnpublishedError before the first one."""
        version = self._versions.current()
        if version is None:
            raise UnpublishedError("nothing has been published yet", remedy="run `kamara load`")
        return version

    def inspect(self, text: str) -> Inspected:
        """Let the guard look at a query. Raises RefusedError or SyntaxRefusal."""
        return inspect(text, self.limits)

    def lanes(self) -> dict[LaneName, LaneState]:
        """Who waits and runs in each lane now."""
        return {lane: crew.state for lane, crew in self._crews.items()}

    async def look_at(self, text: str) -> Inspected:
        """The same; a long text in a thread, so that nobody waits the 0.1 seconds that 64 KiB may take."""
        if len(text) <= _LONG_TEXT:
            return self.inspect(text)
        return await asyncio.to_thread(self.inspect, text)

    async def start(self) -> None:
        """Start the quick lane's workers, so that the first queries need not wait."""
        self.loop = asyncio.get_running_loop()
        version = self._versions.current()
        if version is not None:
            self._quick.prepare(version)

    async def close(self) -> None:
        """End every worker; queries that wait or run fail with CancelledError. Returns when all are gone."""
        self._closed = True
        for crew in self._crews.values():
            crew.line.close()
        for run in list(self._runs):
            run.stop(stopping_error())
        for crew in self._crews.values():
            crew.dismiss()
        while any(crew.processes for crew in self._crews.values()):
            await asyncio.sleep(_LOOK_SECONDS)

    async def ask(
        self,
        query: Inspected,
        request: QueryRequest,
        caller: Caller = Caller(),  # noqa: B008 - frozen
        *,
        version: Version | None = None,
    ) -> QueryAnswer:
        """Run a query that the guard has seen; returns with the whole answer or its first piece.

        `version`: one that is published but not current; a worker is started for it. Cancelling the task that
        awaits this stops the query. Raises QueryError, UnpublishedError or StoreError.
        """
        chosen = request.format or formats_of(query.form)[0]
        is_job = caller.lane == "job"
        deadline = self.limits.job_seconds if is_job else self.limits.deadline_seconds
        asked = question(query, request, chosen, self.settings, deadline)
        if query.services:
            paying = partial(self._accounts.paying, self._accounts.key(caller.client))
            asked["text"] = await self.federation.fill(asked["text"], paying)
        run = Run(json.dumps(asked).encode(), self._room, self._free)
        run.deadline = deadline
        try:
            way = _Asked(self._accounts.key(caller.client), query.shape, version)
            found = await self._answer(run, way, "job" if is_job else "long")
        except BaseException as error:
            run.close()
            self._told_over(run, error)
            raise
        if run.error is not None:
            raise run.error
        return QueryAnswer(run, query.form, chosen, found)

    async def _answer(self, run: Run, asked: _Asked, later: LaneName) -> Version:
        """Take the query through its lanes until there is something to give."""
        if later == "job":
            return await self._at_length(run, asked, self._job)
        if asked.pinned is None and not self._shapes.is_long(asked.shape):
            found = await self._quickly(run, asked)
            if found is not None:
                return found
        self._accounts.check(asked.client)
        return await self._at_length(run, asked, self._long)

    async def _quickly(self, run: Run, asked: _Asked) -> Version | None:
        """Try in the quick lane; None when the query has to begin again in the long one."""
        begun = await self._begun(run, self._quick, asked)
        if begun is None:
            return None
        version, worker = begun
        await run.settled()
        if run.over:
            if run.error is None:
                self._shapes.was_quick(asked.shape)
            return version
        self._shapes.was_long(asked.shape)
        self._quick.line.send_away(asked.shape)
        if not self._long.line.take(asked.shape):
            self._accounts.charge(asked.client, run.abandon())
            self.observer.killed("moved")
            return None
        try:
            self._accounts.check(asked.client)
        except BaseException:
            self._long.line.leave()
            raise
        self._quick.release(worker)
        self._long.adopt(worker, asked.shape)
        run.move("long")
        self.observer.started("long", 0.0)
        if not run.spool.size:
            await run.settled()
        return version

    async def _at_length(self, run: Run, asked: _Asked, crew: Crew) -> Version:
        begun = await self._begun(run, crew, asked)
        assert begun is not None  # none but the quick lane sends away
        await run.settled()
        return begun[0]

    async def _begun(self, run: Run, crew: Crew, asked: _Asked) -> tuple[Version, WorkerProcess] | None:
        """Take a seat or wait for one, and begin; None when the lane sends the query away."""
        if self._closed:
            raise stopping_error()
        if crew.line.take(asked.shape):
            self.observer.started(crew.lane, 0.0)
            return self._begin(run, crew, asked)
        loop = asyncio.get_running_loop()
        began = loop.time()
        self.observer.queued(crew.lane)
        begun = await crew.line.wait(asked.client, asked.shape, lambda: self._begin(run, crew, asked))
        if begun is not None:
            self.observer.started(crew.lane, loop.time() - began)
        return begun

    def _begin(self, run: Run, crew: Crew, asked: _Asked) -> tuple[Version, WorkerProcess]:
        """Give the query, which has its seat, a worker."""
        try:
            current = self.version()
            self._quick.prepare(current)
            crew.prepare(current)
            version = asked.pinned or current
            worker = crew.seat(version, asked.shape, self._left(crew, asked.shape))
        except BaseException:
            crew.line.leave()
            raise
        self._runs.add(run)
        run.on_over = partial(self._over, asked)
        quick = self.limits.quick_seconds if crew is self._quick else 0.0
        run.begin(worker, crew.lane, run.deadline, quick)
        return version, worker

    def _over(self, asked: _Asked, run: Run) -> None:
        self._runs.discard(run)
        self._account(asked, run)
        outcome = outcome_of(run.error)
        if outcome not in ("answered", "refused"):
            self.observer.killed(outcome)
        self.observer.ended(run.lane, outcome, run.seconds)

    def _account(self, asked: _Asked, run: Run) -> None:
        if run.lane != "long":
            self._accounts.spend(asked.client, run.seconds)
            return
        self._accounts.charge(asked.client, run.seconds)
        if run.error is None and run.seconds < self.limits.quick_seconds:
            self._shapes.was_quick(asked.shape)

    def _told_over(self, run: Run, error: BaseException) -> None:
        """Tell the observer of a query that never ran."""
        if run.on_over is None and isinstance(error, QueryError):
            self.observer.ended(run.lane, outcome_of(error), 0.0)

    def _free(self, lane: LaneName, worker: WorkerProcess) -> None:
        self._crews[lane].free(worker)

    def _gone(self, worker: WorkerProcess) -> None:
        for crew in self._crews.values():
            if crew.gone(worker):
                return

    def _crew(self, lane: LaneName, seats: int, places: int) -> Crew:
        return Crew(self._line(lane, seats, places, lambda _: True), self._new_worker, 0)

    def _line(self, lane: LaneName, seats: int, places: int, admits: Callable[[bytes], bool]) -> Line:
        return Line(lane, seats, places, self.limits.deadline_seconds, rank=self._rank, admits=admits)

    def _new_worker(self, version: Version) -> WorkerProcess:
        try:
            return WorkerProcess(version, self.limits, self._versions.lease(version), self._gone)
        except OSError as error:
            raise BusyError(
                f"no worker can be started: {error.strerror}", remedy="ask again in a few seconds"
            ) from error

    def _may_try(self, shape: bytes) -> bool:
        """Whether a query of this shape may have a free seat of the quick lane.

        While what is known to be quick is asked time and again, one seat of several is kept for it.
        """
        return not self._is_stranger(shape) or self._strangers() < self.limits.workers - 1

    def _left(self, crew: Crew, shape: bytes) -> int:
        """How many workers that are ready a query leaves to others: one while a seat is kept and free."""
        if crew is not self._quick or not self._is_stranger(shape):
            return 0
        return int(self._strangers() == crew.state.running)

    def _is_stranger(self, shape: bytes) -> bool:
        """Whether it may not have the seat that is kept."""
        return self.limits.workers > 1 and not self._shapes.is_quick(shape) and self._shapes.are_regular

    def _strangers(self) -> int:
        """Queries that have a quick seat though their shape is not known to be quick."""
        return sum(not self._shapes.is_quick(one) for one in self._quick.shapes)

    def _rank(self, waiter: Waiter[Any]) -> tuple[bool, float]:
        """What is known to be quick first, then who used least lately."""
        return not self._shapes.is_quick(waiter.shape), self._accounts.lately(waiter.client)
