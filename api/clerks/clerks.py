"""The clerks: who lends what to whom, which shapes are light, and when a clerk is started."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime

from kamara.api.clerks.limits import LIGHT_SECONDS, MOST_LENT
from kamara.api.clerks.plain import PlainReader
from kamara.api.clerks.process import ClerkProcess, Lendable
from kamara.api.seen.clerknotes import ClerkNotes
from kamara.api.seen.metrics import Metrics
from kamara.api.seen.note import Note
from kamara.api.seen.scribe import Scribe
from kamara.config import Settings
from kamara.sparql.errors import QueryError
from kamara.sparql.guard import inspect

_LOG = logging.getLogger("kamara.api")
_WATCH_SECONDS = 0.1
# After a clerk has come to a bad end, the pool alone answers for a while; also after a publication, since
# where versions follow each other quickly most clerks would see one query or none.
_REST_SECONDS, _SETTLED_SECONDS = 5.0, 2.0
_MOST_SHAPES = 2000


class Clerks:
    """Processes that answer light queries at connections that are lent to them; started when first needed.

    Whatever they cannot answer comes back, and is answered as if it had come here.
    """

    def __init__(self, settings: Settings, metrics: Metrics, scribe: Scribe | None) -> None:
        self._settings = settings
        self._metrics = metrics
        self._scribe = scribe
        self._staff: list[ClerkProcess] = []
        self._light: OrderedDict[bytes, None] = OrderedDict()
        self._rest_until = 0.0
        self._watching: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def pids(self) -> list[int]:
        """The processes that are ready."""
        return [clerk.pid for clerk in self._staff if clerk.ready]

    @property
    def lent(self) -> int:
        """Connections that are lent now."""
        return sum(len(clerk.lent) for clerk in self._staff)

    def learn(self, note: Note) -> None:
        """See whether the query of this note, which was answered, was light; its like are for clerks then."""
        query, answer = note.query, note.answer
        if query is None or answer is None or answer.lane != "quick" or answer.seconds > LIGHT_SECONDS:
            return
        if query.shape in self._light:
            self._light.move_to_end(query.shape)
            return
        self._light[query.shape] = None
        if len(self._light) > _MOST_SHAPES:
            self._is_heavy(next(iter(self._light)))
        for clerk in self._staff:
            clerk.tell_light([query.shape])

    def lend(self, connection: Lendable) -> bool:
        """Lend a connection to the clerk that has fewest; False when none can take it."""
        if self._closed or not self._settings.http.clerks:
            return False
        self._hire()
        # The first that is ready would get them all: connections stay where they are.
        if not self._staff or not all(clerk.ready for clerk in self._staff):
            return False
        clerk = min(self._staff, key=lambda clerk: len(clerk.lent))
        return len(clerk.lent) < MOST_LENT and clerk.lend(connection)

    def recall(self) -> None:
        """Let every connection come back: the server is stopping."""
        self._closed = True
        for clerk in self._staff:
            clerk.recall()

    async def close(self) -> None:
        """End every clerk; returns when all are gone."""
        self._closed = True
        if self._watching is not None:
            self._watching.cancel()
        for clerk in self._staff:
            clerk.end()
        while self._staff:
            await asyncio.sleep(0.002)

    def noted(self, notes: ClerkNotes) -> None:
        """See `Owner`."""
        self._metrics.clerks_answered(notes)
        if self._scribe is not None:
            self._scribe.write_done(notes.done, datetime.now(UTC))
        for shape in {one.shape for one in notes.done if one.seconds > LIGHT_SECONDS}:
            self._is_heavy(bytes.fromhex(shape))

    def gone(self, clerk: ClerkProcess, requests: Sequence[bytes]) -> None:
        """See `Owner`."""
        self._staff.remove(clerk)
        bad = not clerk.ready or requests
        self._rest_until = time.monotonic() + (_REST_SECONDS if bad else _SETTLED_SECONDS)
        if requests:
            self._metrics.killed("clerk")
            _LOG.warning("a clerk ended at its work; %d requests are answered by the pool", len(requests))
            self._forget(requests[-1])

    def _hire(self) -> None:
        if time.monotonic() < self._rest_until:
            return
        try:
            while len(self._staff) < self._settings.http.clerks:
                clerk = ClerkProcess(self._settings, self)
                clerk.tell_light(self._light)
                self._staff.append(clerk)
        except OSError as error:
            _LOG.warning("no clerk can be started: %s", error.strerror)
            self._rest_until = time.monotonic() + _REST_SECONDS
        if self._watching is None and self._staff:
            self._watch()

    def _forget(self, request: bytes) -> None:
        """What a clerk failed at is no longer light."""
        read = PlainReader().read(request)
        if read is None:
            return
        try:
            self._is_heavy(inspect(read.text, self._settings.query).shape)
        except QueryError:
            return

    def _is_heavy(self, shape: bytes) -> None:
        """Queries of this shape are for the pool, until one of them is light there again."""
        self._light.pop(shape, None)
        for clerk in self._staff:
            clerk.tell_heavy(shape)

    def _watch(self) -> None:
        for clerk in self._staff:
            clerk.watch(self._settings.query.quick_seconds)
        loop = asyncio.get_running_loop()
        self._watching = loop.call_later(_WATCH_SECONDS, self._watch) if self._staff else None
