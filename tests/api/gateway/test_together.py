"""The same query, asked by many in the same moment, runs once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.graph import FixedVersions, numbers, publish
from support.uvicorn_thread import running
from support.waiting import wait_until

from kamara.api.app import create_app
from kamara.config import QuerySettings, Settings

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?c + ?f != -1) }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f + ?i = -1) }"
STREAMED = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("data")
    version = publish(tmp_path_factory.mktemp("versions"), numbers(1000))
    settings = Settings(data_dir=folder, query=QuerySettings(deadline_seconds=3.0))
    with (
        running(create_app(settings, FixedVersions(version))) as address,
        httpx.Client(base_url=address, timeout=60, limits=httpx.Limits(max_connections=50)) as opened,
    ):
        yield opened


def together(client: httpx.Client, query: str, count: int) -> list[httpx.Response]:
    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(lambda _: client.get("/sparql", params={"query": query}), range(count)))


def ran(client: httpx.Client) -> float:
    """Queries that are over."""
    families = text_string_to_metric_families(client.get("/metrics").text)
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == "kamara_queries_total"
    )


def test_many_who_ask_the_same_are_given_one_answer(client: httpx.Client) -> None:
    before = ran(client)
    answers = together(client, SLOW, 30)
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert "1000000" in answers[0].text
    assert ran(client) == before + 1


def test_a_deadline_is_told_to_all_who_wait(client: httpx.Client) -> None:
    before = ran(client)
    answers = together(client, ENDLESS, 10)
    assert {answer.json()["limit"]["name"] for answer in answers} == {"query.deadline_seconds"}
    assert ran(client) == before + 1


def test_an_answer_that_is_sent_while_it_is_made_serves_each_by_itself(client: httpx.Client) -> None:
    answers = together(client, STREAMED + " LIMIT 20000", 3)
    assert len({answer.content for answer in answers}) == 1
    assert len(answers[0].json()["results"]["bindings"]) == 20_000


def test_when_the_first_leaves_the_others_are_answered(client: httpx.Client) -> None:
    query = SLOW + " # whose first client leaves"
    target = "/sparql?query=" + quote(query)
    before = ran(client)
    with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as first:
        first.sendall(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        with ThreadPoolExecutor(5) as threads:
            others = [threads.submit(client.get, target) for _ in range(5)]
            wait_until(lambda: any(other.running() for other in others))
            first.close()
            answers = [other.result() for other in others]
    assert {answer.status_code for answer in answers} == {200}
    assert "1000000" in answers[0].text
    assert ran(client) <= before + 3
