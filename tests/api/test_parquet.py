"""Parquet over HTTP: the same answer as the JSON beside it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyarrow.parquet as pq
import pytest
from support.graph import FixedVersions, numbers, publish
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.config import Settings

MEDIA_TYPE = "application/vnd.apache.parquet"
ALL = "SELECT ?s ?o { ?s <urn:p:value> ?o }"
NAME = "budget-as-of"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    versions = FixedVersions(publish(tmp_path_factory.mktemp("version"), numbers(3000)))
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    with running(create_app(settings, versions)) as address, httpx.Client(base_url=address) as opened:
        yield opened


def test_a_table_says_what_the_json_says(client: httpx.Client) -> None:
    told = client.get("/sparql", params={"query": ALL, "format": "json"}).json()["results"]["bindings"]
    answer = client.get("/sparql", params={"query": ALL}, headers={"accept": MEDIA_TYPE})
    assert answer.headers["content-type"] == MEDIA_TYPE
    table = pq.read_table(io.BytesIO(answer.content))
    assert str(table.schema.field("o").type) == "int64"
    pairs = sorted((row["s"]["value"], int(row["o"]["value"])) for row in told)
    assert sorted((row["s"], row["o"]) for row in table.to_pylist()) == pairs
    assert len(pairs) == 3000


def test_a_saved_query_is_there_as_a_file(client: httpx.Client) -> None:
    answer = client.get(f"/query/{NAME}.parquet", params={"day": "2016-04-08"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA_TYPE)
    table = pq.read_table(io.BytesIO(answer.content))
    named = client.get(f"/query/{NAME}.json", params={"day": "2016-04-08"}).json()["head"]["vars"]
    assert table.column_names == named
    tag = answer.headers["etag"]
    again = client.get(answer.request.url, headers={"if-none-match": tag})
    assert again.status_code == 304
    described = client.get("/openapi.json").json()["paths"][f"/query/{NAME}"]["get"]
    assert MEDIA_TYPE in described["responses"]["200"]["content"]


@pytest.mark.parametrize("query", ["ASK {}", "DESCRIBE <urn:s:1>"])
def test_what_is_no_table_is_not_there_as_parquet(client: httpx.Client, query: str) -> None:
    answer = client.get("/sparql", params={"query": query, "format": "parquet"})
    assert answer.status_code == 406
    assert "choose one of" in answer.json()["detail"]


def test_a_worker_answers_others_after_it_wrote_a_file(client: httpx.Client) -> None:
    for _ in range(4):
        assert client.get("/sparql", params={"query": ALL, "format": "parquet"}).content.endswith(b"PAR1")
        assert client.get("/sparql", params={"query": "ASK {}", "format": "csv"}).text.strip() == "true"


def test_a_file_that_takes_too_much_memory_is_refused_as_such(tmp_path: Path) -> None:
    versions = FixedVersions(publish(tmp_path, numbers(10)))
    settings = Settings(data_dir=tmp_path / "data", query={"memory_mb": 64})  # type: ignore[arg-type]
    with running(create_app(settings, versions)) as address:
        answer = httpx.get(f"{address}/sparql", params={"query": ALL, "format": "parquet"})
        assert "memory" in answer.json()["detail"]
        assert httpx.get(f"{address}/sparql", params={"query": "ASK {}", "format": "csv"}).status_code == 200
