"""The worker processes of one lane: those that wait for work, those that are at it, those that are dying."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from kamara.sparql.pool.line import Line
from kamara.sparql.pool.observer import LaneName, LaneState
from kamara.sparql.pool.process import WorkerProcess
from kamara.sparql.versions import Version

NICENESS: dict[LaneName, int] = {"quick": 0, "long": 10, "job": 15}
_SETTLED_SECONDS = 2.0
Start = Callable[[Version], WorkerProcess]


class Crew:
    """Processes and seats of a lane.

    A seat is given back when its worker is free, or when its process is gone: what it held is free then.
    """

    def __init__(self, line: Line, start: Start, ready: int) -> None:
        """`ready`: processes to keep, busy ones too."""
        self.line = line
        self.lane = line.lane
        self._start = start
        self._keep = ready
        self._idle: list[WorkerProcess] = []
        self._seated: dict[WorkerProcess, bytes] = {}
        self._all: set[WorkerProcess] = set()
        self._version: Version | None = None
        self._settled = False

    @property
    def processes(self) -> list[WorkerProcess]:
        """Every process, dying ones too."""
        return list(self._all)

    @property
    def idle(self) -> list[WorkerProcess]:
        """Those that wait for work."""
        return list(self._idle)

    @property
    def state(self) -> LaneState:
        """How many wait, run and work now."""
        return LaneState(len(self.line.waiting), len(self._seated), len(self._all))

    def prepare(self, version: Version) -> None:
        """Hold workers of this version ready; those of another go as soon as they are free."""
        if version is self._version or version == self._version:
            return
        self._version = version
        outdated, self._idle = self._idle, []
        self._settled = False
        if self._keep:
            self._idle.append(self._new(version))
            # Where versions follow each other quickly most of them see one query or none.
            asyncio.get_running_loop().call_later(_SETTLED_SECONDS, self._settle, version)
        for worker in outdated:
            worker.end()

    @property
    def shapes(self) -> Iterable[bytes]:
        """The shape of each query that has a seat."""
        return self._seated.values()

    def seat(self, version: Version, shape: bytes, left: int = 0) -> WorkerProcess:
        """A worker for who has taken a seat: an idle one of this version, else a new one.

        `left`: workers that have opened their store and are left to others, where another is starting.
        """
        worker = self._pick(version, left) or self._new(version)
        self._seated[worker] = shape
        return worker

    def free(self, worker: WorkerProcess) -> None:
        """The worker's query is over. It is kept if it can be asked again, about the current version."""
        if worker.usable and worker.version == self._version:
            self._seated.pop(worker, None)
            self._idle.append(worker)
            self.line.leave()
        else:
            worker.end()

    def release(self, worker: WorkerProcess) -> None:
        """The worker goes to another lane with its query; a new one takes its place."""
        self._all.discard(worker)
        self._seated.pop(worker, None)
        self._fill()
        self.line.leave()

    def adopt(self, worker: WorkerProcess, shape: bytes) -> None:
        """Take a worker in, with its query, on a seat that was taken for it."""
        if self._idle:
            self._idle.pop().end()
        worker.renice(NICENESS[self.lane])
        self._all.add(worker)
        self._seated[worker] = shape

    def gone(self, worker: WorkerProcess) -> bool:
        """The process is no more; False when it is none of this crew."""
        if worker not in self._all:
            return False
        self._all.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        # One that never opened its store would be followed by others without end.
        if worker.ready:
            self._fill()
        if self._seated.pop(worker, None) is not None:
            self.line.leave()
        return True

    def dismiss(self) -> None:
        """End every process."""
        self._version, self._keep = None, 0
        for worker in list(self._all):
            worker.end()

    def _pick(self, version: Version, left: int) -> WorkerProcess | None:
        """An idle worker of this version, one that has opened its store first."""
        fit = [one for one in self._idle if one.usable and (one.version is version or one.version == version)]
        if not fit:
            return None
        ready = [one for one in fit if one.ready]
        starting = [one for one in fit if not one.ready]
        worker = (ready if len(ready) > left or not starting else starting)[-1]
        self._idle.remove(worker)
        return worker

    def _settle(self, version: Version) -> None:
        if version == self._version:
            self._settled = True
            self._fill()

    def _fill(self) -> None:
        """Start what is missing, once the version has settled; before, each query starts what it needs."""
        if self._settled and self._version is not None:
            for _ in range(self._keep - len(self._all)):
                self._idle.append(self._new(self._version))

    def _new(self, version: Version) -> WorkerProcess:
        worker = self._start(version)
        if NICENESS[self.lane]:
            worker.renice(NICENESS[self.lane])
        self._all.add(worker)
        return worker
