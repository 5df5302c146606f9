from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.graph import FixedVersions, numbers, publish

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
from kamara.sparql.request import QueryRequest
from kamara.sparql.running import Ticket
from kamara.sparql.versions import Version
from kamara.sparql.workers import QueryPool

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f + ?i = -1) }"
MUCH = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
HOG = "SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d))) AS ?x) { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return publish(tmp_path_factory.mktemp("versions"), numbers(2000))


def pool_of(versions: FixedVersions, **limits: object) -> QueryPool:
    return QueryPool(Settings(query={"workers": 2, **limits}), versions)  # type: ignore[arg-type]


@pytest.fixture
def pool(published: Version) -> Iterator[QueryPool]:
    with pool_of(FixedVersions(published), deadline_seconds=1, memory_mb=64) as pool:
        yield pool


def count(pool: QueryPool, text: str = COUNT, **options: object) -> str:
    table = named("csv", "SELECT")
    return pool.run(QueryRequest(text, table, **options)).read().decode().split()[1]  # type: ignore[arg-type]


def test_an_answer_comes_with_its_format_form_and_version(pool: QueryPool, published: Version) -> None:
    with pool.run(QueryRequest("CONSTRUCT { ?s ?p 1 } WHERE { ?s ?p 1 }")) as result:
        assert result.read() == b"<urn:s:1> <urn:p:value> 1 .\n"
        assert (result.form, result.media_type, result.version) == (
            "CONSTRUCT",
            "text/turtle; charset=utf-8",
            published,
        )


def test_a_large_answer_comes_in_pieces_and_whole(pool: QueryPool) -> None:
    pieces = list(pool.run(QueryRequest("SELECT * { ?s ?p ?o }")).chunks)
    assert len(pieces) > 2
    assert b"".join(pieces).count(b'"s":') == 2000


def test_from_and_the_protocol_choose_the_dataset(pool: QueryPool) -> None:
    there, absent = "urn:g:numbers", "urn:g:absent"
    assert count(pool) == "2000"
    assert count(pool, COUNT.replace("{", f"FROM <{absent}> {{", 1)) == "0"
    assert count(pool, COUNT.replace("{", f"FROM <{there}> {{", 1)) == "2000"
    assert count(pool, default_graphs=[absent]) == "0"
    in_graphs = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    assert count(pool, in_graphs, named_graphs=[there]) == "2000"
    assert count(pool, in_graphs, default_graphs=[there]) == "0"


def test_strict_default_graph_is_empty_here(published: Version) -> None:
    with QueryPool(Settings(default_graph="strict"), FixedVersions(published)) as pool:
        assert count(pool) == "0"


def test_relative_addresses_start_from_the_base(pool: QueryPool) -> None:
    answer = pool.run(QueryRequest("SELECT (<id/x> AS ?x) {}", named("csv", "SELECT"))).read()
    assert answer == b"x\r\nhttps://data.thessaloniki.gr/id/x\r\n"


def test_syntax_errors_say_where_and_leave_the_worker_alive(pool: QueryPool) -> None:
    count(pool)
    before = workers(pool)
    with pytest.raises(SyntaxRefusal, match="line 2, column"):
        pool.run(QueryRequest("SELECT * {\n ?s ?p }"))
    with pytest.raises(QueryError, match="not supported"):
        pool.run(QueryRequest("SELECT * { FILTER(<urn:fn>(1)) }"))
    assert workers(pool) == before


def test_the_deadline_ends_a_query_and_the_next_is_answered(pool: QueryPool) -> None:
    with pytest.raises(DeadlineError, match="longer than 1 seconds"):
        pool.run(QueryRequest(ENDLESS))
    assert count(pool) == "2000"


def test_the_deadline_ends_an_answer_that_is_not_read(pool: QueryPool) -> None:
    unread = [pool.run(QueryRequest(MUCH)) for _ in range(2)]
    assert count(pool) == "2000"
    for result in unread:
        with pytest.raises(DeadlineError):
            result.read()


@pytest.mark.slow
def test_memory_is_limited(published: Version) -> None:
    with pool_of(FixedVersions(published), memory_mb=64) as pool:
        with pytest.raises(MemoryLimitError, match="64 MiB"):
            pool.run(QueryRequest(HOG)).read()
        with pytest.raises(MemoryLimitError):
            pool.run(QueryRequest(MUCH + " ORDER BY ?c ?f")).read()
        assert count(pool) == "2000"


@pytest.mark.slow
def test_long_chains_meet_a_stack_that_holds_them(published: Version) -> None:
    with pool_of(FixedVersions(published)) as pool:
        chain = "SELECT (COUNT(*) AS ?n) { {}" + "UNION{}" * 9000 + "}"
        assert count(pool, chain) == "9001"


def test_a_worker_that_dies_otherwise_is_told_and_replaced(pool: QueryPool) -> None:
    count(pool)
    result = pool.run(QueryRequest(MUCH))
    os.kill(result._running.worker.pid, signal.SIGSEGV)
    with pytest.raises(QueryError, match="broke off"):
        result.read()
    assert count(pool) == "2000"


def test_the_network_is_closed_to_a_query_that_slipped_through(pool: QueryPool) -> None:
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


def test_the_queue_is_bounded_and_a_ticket_stops_who_waits(published: Version) -> None:
    with pool_of(FixedVersions(published), workers=1, queue=1) as pool:
        query, ticket, ended = pool.inspect(COUNT), Ticket(), threading.Event()
        running = pool.run(QueryRequest(MUCH))

        def wait_in_line() -> None:
            with pytest.raises(CancelledError):
                pool.run_inspected(query, QueryRequest(COUNT), ticket)
            ended.set()

        thread = threading.Thread(target=wait_in_line, daemon=True)
        thread.start()
        while not pool._waiting:
            ended.wait(0.01)
        with pytest.raises(BusyError, match="1 queries wait already"):
            pool.run(QueryRequest(COUNT))
        ticket.close()
        assert ended.wait(20)
        running.close()


def test_a_new_version_is_seen_by_the_next_query(tmp_path: Path) -> None:
    versions = FixedVersions(publish(tmp_path, numbers(5)))
    with pool_of(versions) as pool:
        pool.start()
        assert count(pool) == "5"
        reading = pool.run(QueryRequest("SELECT * { ?s ?p ?o }"))
        versions.version = publish(tmp_path, numbers(7), number=2)
        assert count(pool) == "7"
        assert reading.read().count(b'"s":') == 5
        assert count(pool) == "7"
        assert {worker.version.number for worker in pool._idle} == {2}


def test_before_the_first_publication_a_query_says_so() -> None:
    with pool_of(FixedVersions(None)) as pool:
        pool.start()
        with pytest.raises(UnpublishedError, match="kamara load"):
            pool.run(QueryRequest(COUNT))


def test_a_store_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    missing = Version(9, tmp_path / "9", 1, "2026-01-01T00:00:00+00:00", 0)
    with (
        pool_of(FixedVersions(missing)) as pool,
        pytest.raises(StoreError, match="version 9 cannot be opened"),
    ):
        pool.run(QueryRequest(COUNT))


def test_closing_the_pool_ends_its_processes(published: Version) -> None:
    pool = pool_of(FixedVersions(published))
    pool.start()
    running = pool.run(QueryRequest(MUCH))
    ids = [*workers(pool), running._running.worker.pid]
    pool.close()
    with pytest.raises(CancelledError):
        running.read()
    for pid in ids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def workers(pool: QueryPool) -> list[int]:
    return [worker.pid for worker in pool._idle]


ORPHANS = """
import sys, threading
from pathlib import Path
from support.graph import FixedVersions
from kamara.config import Settings
from kamara.sparql.request import QueryRequest
from kamara.sparql.versions import Version
from kamara.sparql.workers import QueryPool
version = Version(1, Path(sys.argv[1]), 1, "2026-01-01T00:00:00+00:00", 0)
pool = QueryPool(Settings(query={"workers": 2, "deadline_seconds": 1}), FixedVersions(version))
pool.start()
threading.Thread(target=lambda: pool.run(QueryRequest(sys.argv[2])), daemon=True).start()
while not pool._busy:
    pass
threading.Event().wait(0.7)
print(*[item.pid for item in pool._idle], *[item.worker.pid for item in pool._busy], flush=True)
threading.Event().wait()
"""


@pytest.mark.slow
def test_workers_end_when_their_server_is_killed(published: Version, root: Path) -> None:
    command = [sys.executable, "-c", ORPHANS, str(published.folder), ENDLESS]
    environment = {**os.environ, "PYTHONPATH": str(root / "tests")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        ids = [int(word) for word in server.stdout.readline().split()]
        server.kill()
    assert len(ids) == 2
    end = time.monotonic() + 60
    while any(runs(pid) for pid in ids):
        assert time.monotonic() < end
        time.sleep(0.1)


def runs(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
