"""One query on one worker: its deadline, its end, and how another thread stops it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

from kamara.config import QuerySettings
from kamara.sparql.errors import CancelledError, GraphError, QueryError
from kamara.sparql.process import WorkerProcess, deadline_error


class Running:
    """A query that has its worker. `give_back` is called with it once, when the worker is free or dead."""

    def __init__(
        self, worker: WorkerProcess, limits: QuerySettings, give_back: Callable[[Running], None]
    ) -> None:
        """Start the clock."""
        self.worker = worker
        self._give_back = give_back
        self._over = False
        self._lock = threading.Lock()
        # A clock of its own: a client that stops reading must not keep the worker either.
        self._clock = threading.Timer(limits.deadline_seconds, self.stop, (deadline_error(limits),))
        self._clock.daemon = True
        self._clock.start()

    def pieces(self, question: dict[str, Any]) -> Iterator[bytes]:
        """The answer's pieces. Raises QueryError or StoreError at any of them; then the worker is free."""
        try:
            yield from self.worker.ask(question)
        except GraphError:
            self._finish()
            raise
        except BaseException:
            self.stop(CancelledError("the query was stopped: its answer was not read to the end"))
            raise
        self._finish()

    def stop(self, reason: QueryError) -> None:
        """Kill the worker, unless the query is over. Any thread may call this."""
        if self._claim():
            self.worker.end(reason)
            self._give_back(self)

    def _finish(self) -> None:
        if self._claim():
            self._give_back(self)

    def _claim(self) -> bool:
        with self._lock:
            if self._over:
                return False
            self._over = True
        self._clock.cancel()
        return True


class Ticket:
    """Lets a thread stop a query that another thread asks, whether it waits, runs or is being read."""

    def __init__(self) -> None:
        self.stopped = False
        self._queue: threading.Condition | None = None
        self._running: Running | None = None

    def waits_at(self, queue: threading.Condition) -> None:
        """The query waits for a seat here."""
        self._queue = queue

    def runs_as(self, running: Running) -> None:
        """The query runs. It is stopped at once when `close` came first."""
        self._running = running
        if self.stopped:
            self.close()

    def close(self) -> None:
        """Stop the query."""
        self.stopped = True
        if self._queue is not None:
            with self._queue:
                self._queue.notify_all()
        if self._running is not None:
            self._running.stop(CancelledError("the query was stopped: its client left"))
