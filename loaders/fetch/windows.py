"""Long lists asked for by windows of time, so that one list stays short and stands still while it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from kamara.loaders.fetch.merge import Entry


@dataclass(frozen=True)
class Window:
    """From `start` up to `end`."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    def halves(self, step: timedelta) -> tuple[Window, Window]:
        """Two windows instead of this one, longer than `step`; they meet whole steps after its start."""
        middle = self.start + step * max(1, self.length // step // 2)
        return Window(self.start, middle), Window(middle, self.end)


def windows(whole: Window, longest: timedelta) -> Iterator[Window]:
    """A window cut into windows of at most this length."""
    start = whole.start
    while start < whole.end:
        end = min(start + longest, whole.end)
        yield Window(start, end)
        start = end


def read_whole(
    window: Window, step: timedelta, read: Callable[[Window], list[Entry] | None]
) -> Iterator[list[Entry]]:
    """What `read` gives of a window. Where it gives None, the window is halved, down to `step`."""
    found = read(window)
    if found is not None:
        yield found
        return
    for half in window.halves(step):
        yield from read_whole(half, step, read)
