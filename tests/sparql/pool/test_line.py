"""Seats go to those who still wait for one."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from kamara.sparql.pool.line import Line


def full() -> Line:
    """A line whose only seat is taken."""
    line = Line("quick", 1, 10, 60.0, rank=lambda waiter: waiter.client, admits=lambda _: True)
    assert line.take(b"shape")
    return line


async def waiting(line: Line, *clients: bytes) -> list[asyncio.Task[bytes | None]]:
    """Tasks that wait; each is told its client when it begins."""
    tasks = [asyncio.create_task(line.wait(client, b"shape", partial(bytes, client))) for client in clients]
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


def test_who_gets_a_seat_begins_in_the_same_moment() -> None:
    async def check() -> None:
        line, begun = full(), list[bytes]()
        task = asyncio.create_task(line.wait(b"1", b"shape", lambda: begun.append(b"1")))
        await asyncio.sleep(0)
        line.leave()
        assert begun == [b"1"]
        await task

    asyncio.run(check())


def test_who_cannot_begin_is_told_why_and_the_seat_goes_to_the_next() -> None:
    async def check() -> None:
        line = full()

        def fail() -> None:
            line.leave()
            raise ValueError

        first = asyncio.create_task(line.wait(b"1", b"shape", fail))
        (second,) = await waiting(line, b"2")
        line.leave()
        assert await second == b"2"
        with pytest.raises(ValueError):
            await first

    asyncio.run(check())


def test_a_free_seat_stays_free_until_who_waits_may_have_it() -> None:
    async def check() -> None:
        welcome: set[bytes] = {b"known"}
        line = Line("quick", 3, 10, 60.0, rank=lambda waiter: waiter.client, admits=welcome.__contains__)
        assert line.take(b"known")
        assert not line.take(b"shape")
        first, second = await waiting(line, b"1", b"2")
        assert line.take(b"known")
        line.leave()
        assert (line.free, len(line.waiting)) == (2, 2)
        welcome.add(b"shape")
        line.leave()
        assert (line.free, line.waiting) == (1, [])
        assert (await first, await second) == (b"1", b"2")

    asyncio.run(check())
