"""The pool of query workers: who runs next, on which version, for how long."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol, Self

from kamara.config import Settings
from kamara.sparql.errors import BusyError, CancelledError, UnpublishedError
from kamara.sparql.formats import formats_of
from kamara.sparql.guard import Inspected, inspect
from kamara.sparql.process import WorkerProcess
from kamara.sparql.request import QueryRequest, QueryResult, question
from kamara.sparql.running import Running, Ticket
from kamara.sparql.versions import Version


class VersionSource(Protocol):
    """Where the version to read comes from: `Versions`, or one fixed version."""

    def current(self) -> Version | None:
        """The version that readers see."""

    def lease(self, version: Version) -> AbstractContextManager[object]:
        """Keep a version while it is read."""


class QueryPool:
    """Worker processes that answer queries on the published version. Threads may share it.

    A worker keeps the version that it opened; once another is published it is replaced before the next query.
    """

    def __init__(self, settings: Settings, versions: VersionSource) -> None:
        self.settings = settings
        self.limits = settings.query
        self._versions = versions
        self._changed = threading.Condition()
        self._idle: list[WorkerProcess] = []
        self._busy: set[Running] = set()
        self._seats = settings.query.workers
        self._waiting = 0
        self._closed = False

    def version(self) -> Version:
        """The version that a query asked now would see. Raises UnpublishedError before the first one."""
        version = self._versions.current()
        if version is None:
            raise UnpublishedError("nothing has been published yet", remedy="run `kamara load`")
        return version

    def start(self) -> None:
        """Start every worker now, so that the first queries need not wait; without a version do nothing."""
        version = self._versions.current()
        if version is not None:
            with self._changed:
                missing = self._seats - len(self._idle)
                self._idle.extend(self._new_worker(version) for _ in range(missing))

    def inspect(self, text: str) -> Inspected:
        """Let the guard look at a query. Raises RefusedError or SyntaxRefusal."""
        return inspect(text, self.limits)

    def run(self, request: QueryRequest) -> QueryResult:
        """Run a query; returns as soon as the first piece of the answer is there (or all of a short one).

        Raises RefusedError, SyntaxRefusal, BusyError, DeadlineError, MemoryLimitError, UnpublishedError or
        another QueryError; iterating over the chunks may raise the later ones too.
        """
        return self.run_inspected(self.inspect(request.text), request)

    def run_inspected(
        self, query: Inspected, request: QueryRequest, ticket: Ticket | None = None
    ) -> QueryResult:
        """The same for a query that the guard has seen. A `ticket` lets another thread stop it."""
        chosen = request.format or formats_of(query.form)[0]
        asked = question(query, request, chosen, self.settings)
        running = self._start(ticket or Ticket())
        pieces = running.pieces(asked)
        try:
            first = next(pieces, b"")
        except BaseException:
            running.stop(CancelledError("the query was stopped"))
            raise
        return QueryResult(query, chosen, running.worker.version, _chain(first, pieces), running)

    def close(self) -> None:
        """End every worker; running queries fail with CancelledError."""
        with self._changed:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = list(self._busy)
            self._changed.notify_all()
        for running in busy:
            running.stop(CancelledError("the server is stopping", remedy="ask again in a moment"))
        for worker in idle:
            worker.end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self, ticket: Ticket) -> Running:
        self._take_seat(ticket)
        outdated: list[WorkerProcess] = []
        try:
            version = self.version()
            with self._changed:
                outdated = [item for item in self._idle if item.version != version or not item.usable]
                self._idle = [item for item in self._idle if item not in outdated]
                worker = self._idle.pop() if self._idle else None
            running = Running(worker or self._new_worker(version), self.limits, self._give_back)
        except BaseException:
            self._leave_seat()
            raise
        finally:
            for item in outdated:
                item.end()
        with self._changed:
            self._busy.add(running)
        ticket.runs_as(running)
        return running

    def _take_seat(self, ticket: Ticket) -> None:
        with self._changed:
            if not self._seats and self._waiting >= self.limits.queue:
                raise _busy(f"{self._waiting} queries wait already (query.queue)")
            self._waiting += 1
            ticket.waits_at(self._changed)
            try:
                ready = self._changed.wait_for(
                    lambda: self._seats or self._closed or ticket.stopped, self.limits.deadline_seconds
                )
            finally:
                self._waiting -= 1
            if self._closed or ticket.stopped:
                raise CancelledError("the query was stopped before it ran")
            if not ready:
                raise _busy(f"no worker was free for {self.limits.deadline_seconds:g} seconds")
            self._seats -= 1

    def _leave_seat(self) -> None:
        with self._changed:
            self._seats += 1
            self._changed.notify()

    def _give_back(self, running: Running) -> None:
        """Called once for every running query, by the thread that saw its end."""
        worker = running.worker
        with self._changed:
            self._busy.discard(running)
            keep = worker.usable and not self._closed
            if keep:
                self._idle.append(worker)
        if not keep:
            worker.end()
        self._leave_seat()

    def _new_worker(self, version: Version) -> WorkerProcess:
        return WorkerProcess(version, self.limits, self._versions.lease(version))


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _busy(what: str) -> BusyError:
    return BusyError(what, remedy="ask again in a few seconds")
