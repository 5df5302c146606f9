"""Which lane a query takes, and that what is quick does not wait behind what is not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from support.graph import FixedVersions, numbers, publish
from support.waiting import until

from kamara.config import Settings
from kamara.sparql.errors import BusyError, CancelledError, DeadlineError, TooManyError
from kamara.sparql.pool.answer import QueryAnswer
from kamara.sparql.pool.caller import Caller
from kamara.sparql.pool.observer import LaneName, Outcome, PoolObserver
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.request import QueryRequest
from kamara.sparql.versions import Version

LIGHT = "SELECT ?o { <urn:s:7> <urn:p:value> ?o }"
HEAVY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f + ?i = -1) }"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return publish(tmp_path_factory.mktemp("versions"), numbers(1500))


class Told(PoolObserver):
    def __init__(self) -> None:
        self.queues: list[LaneName] = []
        self.starts: list[LaneName] = []
        self.ends: list[tuple[LaneName, Outcome]] = []
        self.kills: list[str] = []

    def queued(self, lane: LaneName) -> None:
        self.queues.append(lane)

    def started(self, lane: LaneName, waited_seconds: float) -> None:
        assert waited_seconds >= 0
        self.starts.append(lane)

    def ended(self, lane: LaneName, outcome: Outcome, seconds: float) -> None:
        assert seconds >= 0
        self.ends.append((lane, outcome))

    def killed(self, reason: str) -> None:
        self.kills.append(reason)


@asynccontextmanager
async def opened(published: Version, **limits: object) -> AsyncIterator[tuple[QueryPool, Told]]:
    told = Told()
    few = {"workers": 1, "long_workers": 1, "quick_seconds": 0.1, "deadline_seconds": 60, **limits}
    pool = QueryPool(Settings(query=few), FixedVersions(published), told)  # type: ignore[arg-type]
    await pool.start()
    try:
        yield pool, told
    finally:
        await pool.close()


async def ask(pool: QueryPool, text: str, caller: Caller = Caller()) -> QueryAnswer:  # noqa: B008
    return await pool.ask(pool.inspect(text), QueryRequest(text), caller)


def count_of(answer: QueryAnswer, content: bytes) -> bool:
    return answer.rows == 1 and b'"2250000"' in content


def test_light_queries_are_answered_while_slow_ones_fill_the_pool(published: Version) -> None:
    async def flood() -> None:
        async with opened(published, workers=2, long_queue=64, quick_seconds=1) as (pool, told):
            assert (await ask(pool, LIGHT)).lane == "quick"
            slow = [asyncio.ensure_future(ask(pool, ENDLESS)) for _ in range(40)]
            for _ in range(20):
                answer = await ask(pool, LIGHT)
                assert answer.lane == "quick"
                assert answer.whole is not None
                assert b'"7"' in answer.whole
            assert not any(task.done() for task in slow)
            for task in slow:
                task.cancel()
            await asyncio.wait(slow)
            assert told.ends.count(("quick", "answered")) == 21

    asyncio.run(flood())


def stranger(number: int) -> str:
    """A slow query of a shape that no other has."""
    return ENDLESS.replace("?n", f"?n{number}")


def test_while_known_queries_come_a_seat_is_kept_for_them(published: Version) -> None:
    async def strangers() -> None:
        async with opened(published, workers=3, quick_seconds=50) as (pool, _):
            for _ in range(2):
                await ask(pool, LIGHT)
            slow = [asyncio.ensure_future(ask(pool, stranger(n))) for n in range(5)]
            await until(lambda: pool.lanes()["quick"].waiting == 3)
            assert pool.lanes()["quick"].running == 2
            for _ in range(10):
                assert (await ask(pool, LIGHT)).lane == "quick"
            assert pool.lanes()["quick"].waiting == 3
            slow[0].cancel()
            await until(lambda: pool.lanes()["quick"].waiting <= 2)
            assert not any(task.done() for task in slow[1:])

    asyncio.run(strangers())


@pytest.mark.parametrize("asked_before", [0, 1])
def test_strangers_have_every_seat_while_no_known_query_comes(published: Version, asked_before: int) -> None:
    async def alone() -> None:
        async with opened(published, workers=2, quick_seconds=50) as (pool, _):
            for _ in range(asked_before):
                await ask(pool, LIGHT)
            slow = [asyncio.ensure_future(ask(pool, stranger(n))) for n in range(2)]
            await until(lambda: pool.lanes()["quick"].running == 2)
            assert pool.lanes()["quick"].waiting == 0
            assert not any(task.done() for task in slow)

    asyncio.run(alone())


def test_the_only_seat_is_for_all(published: Version) -> None:
    async def alone() -> None:
        async with opened(published) as (pool, told):
            for _ in range(2):
                await ask(pool, LIGHT)
            slow = asyncio.ensure_future(ask(pool, stranger(1)))
            await until(lambda: "long" in told.starts)
            slow.cancel()

    asyncio.run(alone())


def test_a_slow_query_moves_with_its_worker_and_the_next_begins_there(
    published: Version,
) -> None:
    async def twice() -> None:
        async with opened(published) as (pool, told):
            for _ in range(2):
                answer = await ask(pool, HEAVY)
                assert answer.lane == "long"
                assert count_of(answer, await answer.read())
            assert told.starts == ["quick", "long", "long"]
            assert told.ends == [("long", "answered")] * 2
            assert told.kills == []

    asyncio.run(twice())


def test_a_query_begins_again_when_no_seat_was_free_for_it(published: Version) -> None:
    async def beside() -> None:
        async with opened(published) as (pool, told):
            blocking = asyncio.ensure_future(ask(pool, ENDLESS))
            await until(lambda: "long" in told.starts)
            waiting = asyncio.ensure_future(ask(pool, HEAVY))
            await until(lambda: "long" in told.queues)
            assert told.kills == ["moved"]
            blocking.cancel()
            answer = await waiting
            assert count_of(answer, await answer.read())
            assert answer.lane == "long"
            with pytest.raises(asyncio.CancelledError):
                await blocking

    asyncio.run(beside())


def test_a_client_over_its_budget_is_refused_at_length_and_answered_when_quick(published: Version) -> None:
    async def spend() -> None:
        budget = {"client_seconds": 0.01, "client_window_seconds": 1000}
        async with opened(published, **budget) as (pool, _):
            spender, other = Caller("192.0.2.1"), Caller("192.0.2.2")
            await (await ask(pool, HEAVY, spender)).read()
            with pytest.raises(TooManyError) as caught:
                await ask(pool, HEAVY, spender)
            assert caught.value.retry_after is not None
            assert caught.value.retry_after > 1
            assert (await ask(pool, LIGHT, spender)).lane == "quick"
            await (await ask(pool, HEAVY, other)).read()

    asyncio.run(spend())


def test_jobs_have_a_lane_and_a_deadline_of_their_own(published: Version) -> None:
    async def job() -> None:
        async with opened(published, job_seconds=1) as (pool, told):
            blocking = asyncio.ensure_future(ask(pool, ENDLESS))
            answer = await ask(pool, LIGHT, Caller(lane="job"))
            assert answer.lane == "job"
            with pytest.raises(DeadlineError, match="job_seconds"):
                await ask(pool, ENDLESS, Caller(lane="job"))
            assert ("job", "deadline") in told.ends
            blocking.cancel()

    asyncio.run(job())


def test_the_long_lane_takes_only_so_many(published: Version) -> None:
    async def crowd() -> None:
        async with opened(published, long_queue=2) as (pool, told):
            tasks = [asyncio.ensure_future(ask(pool, ENDLESS)) for _ in range(6)]
            await until(lambda: sum(task.done() for task in tasks) == 3)
            pending = [task for task in tasks if not task.done()]
            for task in set(tasks) - set(pending):
                with pytest.raises(BusyError, match="long_queue"):
                    task.result()
        for task in pending:
            with pytest.raises(CancelledError):
                await task
        assert told.ends.count(("quick", "refused")) + told.ends.count(("long", "refused")) == 3

    asyncio.run(crowd())


def test_a_client_that_leaves_stops_its_query_wherever_it_is(published: Version) -> None:
    async def leave() -> None:
        async with opened(published) as (pool, told):
            running = asyncio.ensure_future(ask(pool, ENDLESS))
            await until(lambda: "long" in told.starts)
            queued = asyncio.ensure_future(ask(pool, ENDLESS))
            await until(lambda: "long" in told.queues)
            for task in (queued, running):
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            assert pool._long.line.waiting == []
            await until(lambda: not pool._long.processes)
            assert pool._long.line.free == pool._quick.line.free == 1
            assert (await ask(pool, LIGHT)).lane == "quick"

    asyncio.run(leave())


def test_who_used_least_lately_is_next_and_what_is_known_to_be_quick_before(published: Version) -> None:
    async def order() -> None:
        async with opened(published, quick_seconds=50) as (pool, _):
            await ask(pool, LIGHT)
            pool._accounts.spend(pool._accounts.key("much"), 100)
            blocking = asyncio.ensure_future(ask(pool, ENDLESS))
            await until(lambda: pool.lanes()["quick"].running)
            finished: list[str] = []

            async def note(name: str, text: str, client: str) -> None:
                await ask(pool, text, Caller(client))
                finished.append(name)

            tasks = [
                asyncio.ensure_future(note("much", "ASK { ?much ?p ?o }", "much")),
                asyncio.ensure_future(note("little", "ASK { ?little ?p ?o }", "little")),
                asyncio.ensure_future(note("known", LIGHT.replace("7", "8"), "much")),
            ]
            await until(lambda: pool.lanes()["quick"].waiting == 3)
            blocking.cancel()
            await asyncio.gather(*tasks)
            assert finished == ["known", "little", "much"]

    asyncio.run(order())
