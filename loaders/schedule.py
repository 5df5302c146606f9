"""The schedule: what is due is fetched and loaded, again and again, until told to stop."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType

from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.loaders.arrivals import arriving, as_failure
from kamara.loaders.fetch.client import Client
from kamara.loaders.freshness import freshness
from kamara.loaders.pipeline import LoadReport, take_in
from kamara.loaders.source import Source, readable_sources
from kamara.sparql.errors import LockedError

# Sources may change, and a load by hand moves what is due: look again this often.
_LOOK_SECONDS = 60.0

Tell = Callable[[LoadReport], None]


class Stopped(BaseException):
    """SIGTERM came while nothing was being written."""


class Stop:
    """The wish to end. It breaks off waits and fetches at once; a load that writes goes on to its end."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._writing = False

    @property
    def is_asked(self) -> bool:
        """Whether to end."""
        return self._asked.is_set()

    @contextmanager
    def on_sigterm(self) -> Iterator[None]:
        """Hear SIGTERM as long as the context lasts, which it ends quietly. For the main thread."""
        before = signal.signal(signal.SIGTERM, self._hear)
        try:
            yield
        except Stopped:
            pass
        finally:
            signal.signal(signal.SIGTERM, before)

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """What runs in this context is not broken off."""
        self._writing = True
        try:
            yield
        finally:
            self._writing = False

    def wait(self, seconds: float) -> None:
        """Wait, but no longer than until the end is asked for."""
        self._asked.wait(seconds)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.set()
        if not self._writing:
            raise Stopped


def run_due(settings: Settings, stop: Stop) -> LoadReport | None:
    """Fetch and load every source that is due now, and publish one version. None when none is.

    A source that fails is in the report. Raises KamaraError when nothing can be loaded at all.
    """
    due = due_sources(settings, datetime.now(UTC))
    if not due:
        return None
    with Client(settings.fetch) as client, arriving(settings, due, client=client) as arrivals, stop.put_off():
        return take_in(settings, arrivals)


def due_sources(settings: Settings, now: datetime) -> list[Source]:
    """The sources that are due at `now`."""
    sources, _ = readable_sources(settings.resources)
    due = {one.source for one in freshness(settings, sources.values(), now) if one.is_due}
    return [source for name, source in sources.items() if name in due]


def run(settings: Settings, stop: Stop, tell: Tell, complain: Callable[[KamaraError], None]) -> None:
    """Run the schedule until `stop` is asked for. `tell` hears of each load, `complain` of what stops one.

    A source whose source.toml cannot be used is named once, and the others go on.
    """
    is_unfinished = False
    named: set[str] = set()
    while not stop.is_asked:
        broken = {str(error): error for error in readable_sources(settings.resources)[1].values()}
        for line in broken.keys() - named:
            complain(broken[line])
        named = set(broken)
        try:
            report = run_due(settings, stop)
            if report is None and is_unfinished:
                report = _finish(settings, stop)
            is_unfinished = False
            if report is not None:
                tell(report)
        except LockedError:
            # Somebody loads by hand: what is still due is seen when that has ended.
            pass
        except Exception as error:
            is_unfinished = True
            complain(as_failure(error))
        stop.wait(_pause(settings))


def _finish(settings: Settings, stop: Stop) -> LoadReport:
    """Publish what the log holds: a load that had failed halfway, on a full disk, left it unpublished."""
    with stop.put_off():
        return take_in(settings, [])


def _pause(settings: Settings) -> float:
    """Seconds until something is due, at least one and at most the time after which to look again."""
    now = datetime.now(UTC)
    try:
        sources, _ = readable_sources(settings.resources)
        known = freshness(settings, sources.values(), now)
        waits = [(one.due - now).total_seconds() for one in known if one.due]
    except KamaraError:
        return _LOOK_SECONDS
    soonest = min(waits, default=_LOOK_SECONDS)
    return _LOOK_SECONDS if soonest <= 0 else min(max(soonest, 1.0), _LOOK_SECONDS)
