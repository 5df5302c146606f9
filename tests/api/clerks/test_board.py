"""What a clerk was at can be read after it is gone."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.api.clerks.board import IDLE, LARGEST_REQUEST, WORKING, WRITING, Board


@pytest.fixture(scope="module")
def boards() -> Iterator[tuple[Board, Board]]:
    """The clerk's view and the server's."""
    descriptor = Board.create()
    ours, theirs = Board(descriptor), Board(descriptor)
    os.close(descriptor)
    yield ours, theirs
    ours.close()
    theirs.close()


@given(number=st.integers(1, 2**32 - 1), request=st.binary(max_size=LARGEST_REQUEST), now=st.floats(0, 1e9))
def test_a_request_is_seen_as_it_was_written(
    boards: tuple[Board, Board], number: int, request: bytes, now: float
) -> None:
    clerk, server = boards
    clerk.begin(number, request, now)
    look = server.look()
    assert (look.state, look.connection, look.began, look.request) == (WORKING, number, now, request)
    clerk.write()
    assert server.look().state == WRITING
    clerk.end()
    assert server.look().state == IDLE
