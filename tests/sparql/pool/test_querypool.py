from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.graph import FixedVersions, numbers, publish
from support.waiting import until, wait_until

from kamara.config import Settings
from kamara.sparql.errors import (
    BusyError,
    CancelledError,
    DeadlineError,
    MemoryLimitError,
    QueryError,
    StoreError,
    SyntaxRefusal,
    UnpublishedError,
)
from kamara.sparql.formats import named
from kamara.sparql.guard import Inspected
from kamara.sparql.pool.blocking import BlockingPool
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.request import QueryRequest
from kamara.sparql.versions import Version

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f + ?i = -1) }"
MUCH = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
HOG = "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d))) AS ?x) { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return publish(tmp_path_factory.mktemp("versions"), numbers(2000))


def pool_of(versions: FixedVersions, **limits: object) -> BlockingPool:
    settings = Settings(query={"workers": 2, **limits})  # type: ignore[arg-type]
    return BlockingPool(QueryPool(settings, versions))


@pytest.fixture
def pool(published: Version) -> Iterator[BlockingPool]:
    with pool_of(FixedVersions(published), deadline_seconds=1, memory_mb=64) as pool:
        yield pool


def count(pool: BlockingPool, text: str = COUNT, **options: object) -> str:
    table = named("csv", "SELECT")
    return pool.run(QueryRequest(text, table, **options)).read().decode().split()[1]  # type: ignore[arg-type]


def test_an_answer_comes_with_its_format_form_and_version(pool: BlockingPool, published: Version) -> None:
    with pool.run(QueryRequest("CONSTRUCT { ?s ?p 1 } WHERE { ?s ?p 1 }")) as result:
        assert result.read() == b"<urn:s:1> <urn:p:value> 1 .\n"
        assert (result.form, result.media_type, result.version) == (
            "CONSTRUCT",
            "text/turtle; charset=utf-8",
            published,
        )


def test_a_small_answer_is_whole_at_once(published: Version) -> None:
    with pool_of(FixedVersions(published), quick_seconds=10) as pool:
        answer = pool.run(QueryRequest("SELECT * { ?s ?p ?o }")).answer
    assert answer.whole is not None
    assert answer.whole.count(b'"s":') == answer.rows == 2000
    assert answer.lane == "quick"
    assert 0 < answer.seconds < 20


def test_a_large_answer_comes_in_pieces_and_whole(published: Version) -> None:
    with pool_of(FixedVersions(published), memory_mb=64) as pool:
        result = pool.run(QueryRequest(MUCH + " LIMIT 50000"))
        pieces = list(result.chunks)
        assert len(pieces) > 2
        assert b"".join(pieces).count(b'"a":') == result.answer.rows == 50000
        assert result.answer.lane == "long"


def test_from_and_the_protocol_choose_the_dataset(pool: BlockingPool) -> None:
    there, absent = "urn:g:numbers", "urn:g:absent"
    assert count(pool) == "2000"
    assert count(pool, COUNT.replace("{", f"FROM <{absent}> {{", 1)) == "0"
    assert count(pool, COUNT.replace("{", f"FROM <{there}> {{", 1)) == "2000"
    assert count(pool, default_graphs=[absent]) == "0"
    in_graphs = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert count(pool, in_graphs, named_graphs=[there]) == "2000"
    assert count(pool, in_graphs, default_graphs=[there]) == "0"


def test_strict_default_graph_is_empty_here(published: Version) -> None:
    with BlockingPool(QueryPool(Settings(default_graph="strict"), FixedVersions(published))) as pool:
        assert count(pool) == "0"


def test_relative_addresses_start_from_the_base(pool: BlockingPool) -> None:
    answer = pool.run(QueryRequest("SELECT (<id/x> AS ?x) {}", named("csv", "SELECT"))).read()
    assert answer == b"x\r\nhttps://data.thessaloniki.gr/id/x\r\n"


def test_syntax_errors_say_where_and_leave_the_worker_alive(pool: BlockingPool) -> None:
    count(pool)
    before = workers(pool)
    with pytest.raises(SyntaxRefusal, match="line 2, column"):
        pool.run(QueryRequest("SELECT * {\n ?s ?p }"))
    with pytest.raises(QueryError, match="not supported"):
        pool.run(QueryRequest("SELECT * { FILTER(<urn:fn>(1)) }"))
    assert workers(pool) == before


def test_the_deadline_ends_a_query_and_the_next_is_answered(pool: BlockingPool) -> None:
    with pytest.raises(DeadlineError, match="longer than 1 seconds"):
        pool.run(QueryRequest(ENDLESS))
    assert count(pool) == "2000"


def test_the_deadline_ends_an_answer_that_is_not_read(published: Version) -> None:
    with pool_of(FixedVersions(published), deadline_seconds=4) as pool:
        unread = [pool.run(QueryRequest(MUCH)) for _ in range(2)]
        assert count(pool) == "2000"
        for result in unread:
            with pytest.raises(DeadlineError):
                result.read()


def test_an_answer_that_its_client_takes_slowly_holds_no_worker(published: Version) -> None:
    with pool_of(FixedVersions(published), workers=1, long_workers=1) as pool:
        slow = pool.run(QueryRequest(MUCH + " LIMIT 20000"))
        wait_until(lambda: slow.answer.rows is not None)
        other = pool.run(QueryRequest(MUCH + " LIMIT 20000"))
        assert other.answer.lane == "long"
        assert slow.read() == other.read()


def test_an_answer_that_there_is_no_room_for_waits_for_its_reader(published: Version) -> None:
    with pool_of(FixedVersions(published), spool_mb=1) as pool:
        result = pool.run(QueryRequest(MUCH + " LIMIT 60000"))
        time.sleep(0.5)
        assert result.answer.rows is None
        assert result.read().count(b'"a":') == 60000


@pytest.mark.slow
def test_memory_is_limited(published: Version) -> None:
    with pool_of(FixedVersions(published), memory_mb=64, deadline_seconds=120) as pool:
        with pytest.raises(MemoryLimitError, match="64 MiB"):
            pool.run(QueryRequest(HOG)).read()
        with pytest.raises(MemoryLimitError):
            pool.run(QueryRequest(MUCH + " ORDER BY ?c ?f")).read()
        assert count(pool) == "2000"


@pytest.mark.slow
def test_long_chains_meet_a_stack_that_holds_them(published: Version) -> None:
    with pool_of(FixedVersions(published), max_operators=10000) as pool:
        chain = "SELECT (COUNT(*) AS ?n) { {}" + "UNION{}" * 9000 + "}"
        slipped = Inspected(chain, "SELECT", names_dataset=False, tokens=())
        answer = pool.run_inspected(slipped, QueryRequest(chain, named("csv", "SELECT")))
        assert answer.read() == b"n\r\n9001\r\n"


def test_a_worker_that_dies_otherwise_is_told_and_replaced(pool: BlockingPool) -> None:
    count(pool)
    result = pool.run(QueryRequest(MUCH))
    os.kill(busy(pool)[0], signal.SIGSEGV)
    with pytest.raises(QueryError, match="broke off"):
        result.read()
    assert count(pool) == "2000"


def test_the_network_is_closed_to_a_query_that_slipped_through(pool: BlockingPool) -> None:
    call = "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }"
    slipped = Inspected(call, "SELECT", names_dataset=False, tokens=())
    with pytest.raises(QueryError):
        pool.run_inspected(slipped, QueryRequest(call))


def test_a_closed_result_frees_its_worker(published: Version) -> None:
    with pool_of(FixedVersions(published), workers=1) as pool:
        for _ in range(3):
            pool.run(QueryRequest(MUCH)).close()
        assert count(pool) == "2000"


def test_an_answer_left_half_read_frees_its_worker(published: Version) -> None:
    with pool_of(FixedVersions(published), workers=1) as pool:
        chunks = pool.run(QueryRequest(MUCH)).chunks
        next(chunks)
        del chunks
        assert count(pool) == "2000"


def test_the_queue_is_bounded(published: Version) -> None:
    limits = {"workers": 1, "queue": 1, "long_workers": 1, "long_queue": 1, "quick_seconds": 5}

    async def ask() -> None:
        pool = QueryPool(Settings(query=limits), FixedVersions(published))  # type: ignore[arg-type]
        query, asked = pool.inspect(ENDLESS), QueryRequest(ENDLESS)
        running = asyncio.ensure_future(pool.ask(query, asked))
        waiting = asyncio.ensure_future(pool.ask(query, asked))
        await until(lambda: pool.lanes()["quick"].waiting)
        with pytest.raises(BusyError, match="1 queries wait already"):
            await pool.ask(query, asked)
        waiting.cancel()
        await until(waiting.done)
        third = asyncio.ensure_future(pool.ask(query, asked))
        await until(lambda: pool.lanes()["quick"].waiting)
        running.cancel()
        await until(lambda: running.done() and not pool.lanes()["quick"].waiting)
        assert len(pool._runs) == 1
        await pool.close()
        with pytest.raises(CancelledError):
            await third

    asyncio.run(ask())


def test_a_new_version_is_seen_by_the_next_query(tmp_path: Path) -> None:
    versions = FixedVersions(publish(tmp_path, numbers(2000)))
    with pool_of(versions) as pool:
        assert count(pool) == "2000"
        reading = pool.run(QueryRequest(MUCH + " LIMIT 20000"))
        versions.version = publish(tmp_path, numbers(7), number=2)
        assert count(pool) == "7"
        assert reading.read().count(b'"a":') == 20000
        assert count(pool) == "7"
        assert {worker.version.number for worker in pool.pool._quick.idle} == {2}


def test_a_version_that_is_not_current_is_read_on_demand(tmp_path: Path) -> None:
    old = publish(tmp_path, numbers(5))
    versions = FixedVersions(publish(tmp_path, numbers(7), number=2))
    with pool_of(versions) as pool:
        query = pool.inspect(COUNT)
        answer = pool.run_inspected(query, QueryRequest(COUNT, named("csv", "SELECT")), version=old)
        assert (answer.read(), answer.version) == (b"n\r\n5\r\n", old)
        assert count(pool) == "7"
        assert all(worker.version.number == 2 for worker in pool.pool._long.idle)


def test_before_the_first_publication_a_query_says_so() -> None:
    with pool_of(FixedVersions(None)) as pool, pytest.raises(UnpublishedError, match="kamara load"):
        pool.run(QueryRequest(COUNT))


def test_a_store_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    missing = Version(9, tmp_path / "9", 1, "2026-01-01T00:00:00+00:00", 0)
    with pool_of(FixedVersions(missing)) as pool:
        for _ in range(3):
            with pytest.raises(StoreError, match="version 9 cannot be opened"):
                pool.run(QueryRequest(COUNT))


def test_closing_the_pool_ends_its_processes(published: Version) -> None:
    with pool_of(FixedVersions(published)) as pool:
        running = pool.run(QueryRequest(MUCH))
        ids = [*workers(pool), *busy(pool)]
    for pid in ids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert running.answer.rows is None


def test_leases_are_given_back(tmp_path: Path) -> None:
    version = publish(tmp_path, numbers(5))
    versions = _Leases(version)
    with BlockingPool(QueryPool(Settings(), versions)) as pool:
        count(pool)
        assert versions.held
    assert versions.held == 0


class _Leases(FixedVersions):
    """Counts the leases that are held."""

    held = 0

    @contextmanager
    def lease(self, version: Version) -> Iterator[None]:
        self.held += 1
        yield
        self.held -= 1


def workers(pool: BlockingPool) -> list[int]:
    """The processes of the quick lane that wait for work."""
    return sorted(worker.pid for worker in pool.pool._quick.idle)


def busy(pool: BlockingPool) -> list[int]:
    """The processes that are at work in the long lane."""
    return [run.worker.pid for run in pool.pool._runs if run.worker is not None]


ORPHANS = """
import sys, time
from pathlib import Path
from support.graph import FixedVersions
from kamara.config import Settings
from kamara.sparql.pool.blocking import BlockingPool
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.request import QueryRequest
from kamara.sparql.versions import Version
version = Version(1, Path(sys.argv[1]), 1, "2026-01-01T00:00:00+00:00", 0)
pool = QueryPool(Settings(query={"workers": 1, "deadline_seconds": 60}), FixedVersions(version))
with BlockingPool(pool) as asked:
    asked.run(QueryRequest(sys.argv[2]))
    time.sleep(3)
    print(*[worker.pid for crew in pool._crews.values() for worker in crew.processes], flush=True)
    time.sleep(100)
"""


@pytest.mark.slow
def test_workers_end_when_their_server_is_killed(published: Version, root: Path) -> None:
    command = [sys.executable, "-c", ORPHANS, str(published.folder), MUCH]
    environment = {**os.environ, "PYTHONPATH": f"{root / 'tests'}{os.pathsep}{root / 'src'}"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        ids = [int(word) for word in server.stdout.readline().split()]
        server.kill()
    assert len(ids) == 3
    wait_until(lambda: not any(runs(pid) for pid in ids))


def runs(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
