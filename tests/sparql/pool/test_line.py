"""Seats go to those who still wait for one."""

from __future__ import annotations

import asyncio

import pytest

from kamara.sparql.pool.line import Line


def full() -> Line:
    """A line whose only seat is taken."""
    line = Line("quick", 1, 10, 60.0, lambda waiter: waiter.client)
    assert line.take()
    return line


async def waiting(line: Line, *clients: bytes) -> list[asyncio.Task[bool]]:
    tasks = [asyncio.create_task(line.wait(client, b"shape")) for client in clients]
    await asyncio.sleep(0)
    return tasks


def test_who_has_just_left_is_passed_over() -> None:
    async def check() -> None:
        line = full()
        gone, next_ = await waiting(line, b"1", b"2")
        gone.cancel()
        # In the same moment, before the task has left the line.
        line.leave()
        assert await next_
        with pytest.raises(asyncio.CancelledError):
            await gone
        line.leave()
        assert line.free == 1

    asyncio.run(check())


@pytest.mark.parametrize("end", ["send_away", "close"])
def test_who_has_just_left_is_told_nothing_more(end: str) -> None:
    async def check() -> None:
        line = full()
        (gone,) = await waiting(line, b"1")
        gone.cancel()
        if end == "close":
            line.close()
        else:
            line.send_away(b"shape")
        with pytest.raises(asyncio.CancelledError):
            await gone

    asyncio.run(check())


def test_a_seat_that_came_too_late_goes_to_the_next() -> None:
    async def check() -> None:
        line = full()
        first, second = await waiting(line, b"1", b"2")
        line.leave()
        first.cancel()
        assert await second
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(check())
