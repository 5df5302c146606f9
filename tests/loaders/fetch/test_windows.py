"""Windows cover a time without a gap, and halves cover their whole."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kamara.loaders.fetch.merge import Entry
from kamara.loaders.fetch.windows import Window, read_whole, windows

START = datetime(2016, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
LENGTHS = st.integers(1, 5000).map(lambda minutes: timedelta(minutes=minutes))


def meet(parts, whole):
    assert parts[0].start == whole.start
    assert parts[-1].end == whole.end
    assert all(first.end == second.start for first, second in pairwise(parts))
    assert all(part.length > timedelta(0) for part in parts)


@given(LENGTHS, LENGTHS)
def test_windows_cover_a_time_without_a_gap(length, longest):
    whole = Window(START, START + length)
    parts = list(windows(whole, longest))
    meet(parts, whole)
    assert all(part.length <= longest for part in parts)


@given(LENGTHS)
def test_halves_down_to_the_step_cover_their_whole(length):
    whole, seen = Window(START, START + length), []

    def read(window):
        if window.length > HOUR:
            return None
        seen.append(window)
        return [Entry(str(window.start), "")]

    found = list(read_whole(whole, HOUR, read))
    meet(seen, whole)
    assert len(found) == len(seen)


@given(st.integers(2, 400))
def test_halves_of_whole_days_are_whole_days(days):
    first, second = Window(START, START + timedelta(days=days)).halves(timedelta(days=1))
    assert first.length % timedelta(days=1) == second.length % timedelta(days=1) == timedelta(0)
