"""Whatever the settings allow, a worker itself reaches nobody; what the server fetches, its client pays."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from pyoxigraph import Store
from support.endpoint import endpoint
from support.graph import FixedVersions, numbers, publish

from kamara.config import Settings
from kamara.sparql.errors import QueryError, TooManyError
from kamara.sparql.guard import Inspected
from kamara.sparql.pool.blocking import BlockingPool
from kamara.sparql.pool.caller import Caller
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.request import QueryRequest


def test_a_call_that_slips_past_the_guard_reaches_nobody(tmp_path: Path) -> None:
    version = publish(tmp_path, numbers(5))
    with endpoint() as server:
        call = f"SELECT * {{ SERVICE <{server.url()}> {{ ?s ?p ?o }} }}"
        list(Store().query(call))  # type: ignore[arg-type]  # a SELECT
        by_the_engine = len(server.asked)
        assert by_the_engine == 1
        limits = {"service_allow": [server.url()], "service_networks": ["127.0.0.0/8"]}
        settings = Settings(query=limits, data_dir=tmp_path)  # type: ignore[arg-type]
        with BlockingPool(QueryPool(settings, FixedVersions(version))) as pool:
            with pytest.raises(QueryError):
                pool.run_inspected(
                    Inspected(call, "SELECT", names_dataset=False, tokens=()), QueryRequest(call)
                )
            assert len(server.asked) == by_the_engine
            seen = pool.run(QueryRequest(call)).read()
        assert seen.count(b'"s"') > 0
        assert len(server.asked) == by_the_engine + 1


def test_who_has_used_up_its_seconds_has_nothing_fetched_for_it(tmp_path: Path) -> None:
    version = publish(tmp_path, numbers(5))
    with endpoint() as server:
        limits = {
            "service_allow": [server.url(), server.url("/broken")],
            "service_networks": ["127.0.0.0/8"],
            "client_seconds": 1e-6,
        }
        settings = Settings(query=limits, data_dir=tmp_path)  # type: ignore[arg-type]
        call = f"ASK {{ SERVICE <{server.url()}> {{ ?s ?p ?o }} }}"
        broken = call.replace("/sparql", "/broken")
        silent = call.replace("SERVICE", "SERVICE SILENT")
        with BlockingPool(QueryPool(settings, FixedVersions(version))) as pool:
            for client, first in (("192.0.2.1", call), ("192.0.2.2", broken)):
                with suppress(QueryError):
                    pool.run(QueryRequest(first), Caller(client)).read()
                asked = len(server.asked)
                for again in (call, silent):
                    with pytest.raises(TooManyError, match="client_seconds"):
                        pool.run(QueryRequest(again), Caller(client))
                assert len(server.asked) == asked
                assert b"true" in pool.run(QueryRequest("ASK {}"), Caller(client)).read()
            assert b"true" in pool.run(QueryRequest(call), Caller("192.0.2.3")).read()
