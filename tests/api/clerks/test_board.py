"""What a clerk was at can be read by others, at any moment."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.api.clerks.board import LARGEST_REQUEST, SLOTS, Board, Look


@pytest.fixture(scope="module")
def boards() -> Iterator[tuple[Board, Board]]:
    """The clerk's view and the server's."""
    descriptor = Board.create()
    ours, theirs = Board(descriptor), Board(descriptor)
    os.close(descriptor)
    yield ours, theirs
    ours.close()
    theirs.close()


@given(
    requests=st.dictionaries(st.integers(1, 2**32 - 1), st.binary(max_size=LARGEST_REQUEST), max_size=SLOTS),
    now=st.floats(0, 1e9),
)
def test_requests_are_seen_as_they_were_written(
    boards: tuple[Board, Board], requests: dict[int, bytes], now: float
) -> None:
    clerk, server = boards
    for slot, (connection, request) in enumerate(requests.items()):
        clerk.begin(slot, connection, request, now)
    assert server.look() == Look(now if requests else None, requests, frozenset())
    clerk.rest()
    assert server.look().since is None
    left = dict(requests)
    for slot, connection in enumerate(requests):
        clerk.write(slot)
        del left[connection]
        assert server.look() == Look(None, left, frozenset({connection}))
        clerk.end(slot)
    assert server.look() == Look(None, {}, frozenset())
