"""Queries that mean harm, or act as if: after each the server still answers."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import quote

import httpx
import pytest
from starlette.types import Receive, Scope, Send
from support.graph import FixedVersions, numbers, publish
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.api.breaking import told_once
from kamara.config import Settings

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
MUCH = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f + ?i = -1) }"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    version = publish(tmp_path_factory.mktemp("versions"), numbers(3000))
    limits = {"workers": 2, "deadline_seconds": 2, "memory_mb": 64}
    with running(create_app(Settings(query=limits), FixedVersions(version))) as base:  # type: ignore[arg-type]
        yield f"{base}/sparql"


@pytest.fixture(autouse=True)
def _still_answers(address: str) -> Iterator[None]:
    yield
    answer = httpx.get(address, params={"query": COUNT}, timeout=30)
    assert answer.json()["results"]["bindings"][0]["n"]["value"] == "3000"


def post(address: str, query: str) -> httpx.Response:
    headers = {"Content-Type": "application/sparql-query"}
    return httpx.post(address, content=query, headers=headers, timeout=60)


@contextmanager
def logging_of_a_server() -> Iterator[list[logging.LogRecord]]:
    """What Kamara and its HTTP server log once it runs."""
    told: list[logging.LogRecord] = []
    keeper = logging.Handler()
    keeper.emit = told.append  # type: ignore[method-assign]
    names = ("kamara", "uvicorn")
    for name in names:
        logging.getLogger(name).addHandler(keeper)
    try:
        yield told
    finally:
        for name in names:
            logging.getLogger(name).removeHandler(keeper)


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("SELECT * " + "{" * 5000 + "}" * 5000, 400, "max_nesting"),
        ("SELECT (" + "(" * 5000 + "1" + ")" * 5000 + " AS ?x) {}", 400, "max_nesting"),
        ("SELECT * {" + "MINUS{}" * 9000 + "}", 400, "max_operators"),
        ("SELECT * {" + "?a ?b ?c . " * 300 + "}", 400, "max_joined"),
        ("SELECT * { SERVICE SILENT <http://127.0.0.1:8000/> { ?s ?p ?o } }", 400, "service_allow"),
        ("LOAD <http://127.0.0.1:8000/>", 400, "update"),
        (ENDLESS, 504, "deadline_seconds"),
    ],
)
def test_each_gets_its_own_refusal(address: str, query: str, status: int, words: str) -> None:
    answer = post(address, query)
    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_ten_megabytes_are_refused(address: str) -> None:
    assert post(address, "ASK {} #" + "x" * 10_000_000).status_code == 413


@pytest.mark.slow
def test_a_memory_hog_is_refused(address: str) -> None:
    answer = post(address, MUCH + " ORDER BY ?c ?f")
    assert answer.status_code in (504, 507)
    assert "memory_mb" in answer.json()["detail"] or "deadline_seconds" in answer.json()["detail"]


def test_an_answer_that_cannot_be_completed_breaks_off_and_is_one_line_in_the_log(address: str) -> None:
    with logging_of_a_server() as logged, pytest.raises(httpx.RemoteProtocolError):
        post(address, MUCH)
    (line,) = (record.getMessage() for record in logged)
    assert line.startswith("an answer was broken off: the query ran longer than 2 seconds")
    assert "\n" not in line
    assert logged[0].levelno == logging.WARNING


def test_any_other_answer_without_an_end_is_still_an_error_in_the_log() -> None:
    async def careless(scope: Scope, _: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})

    with (
        told_once(),
        running(careless) as base,
        logging_of_a_server() as logged,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        httpx.get(base, timeout=30)
    assert [record.levelno for record in logged] == [logging.ERROR]


def test_a_client_that_leaves_frees_its_worker(address: str) -> None:
    host, port = address.removeprefix("http://").removesuffix("/sparql").split(":")
    for query in (MUCH, ENDLESS, MUCH, ENDLESS):
        with socket.create_connection((host, int(port)), timeout=10) as client:
            client.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            time.sleep(0.1)


def test_twenty_clients_at_once_are_all_answered(address: str) -> None:
    with ThreadPoolExecutor(20) as clients:
        answers = list(clients.map(lambda _: post(address, COUNT), range(60)))
    assert {answer.status_code for answer in answers} == {200}


def test_more_than_the_queue_holds_are_asked_to_come_again(address: str) -> None:
    with ThreadPoolExecutor(60) as clients:
        # Each another one: who asks the same is given one answer.
        answers = list(clients.map(lambda number: post(address, f"{ENDLESS} # {number}"), range(60)))
    busy = [answer for answer in answers if answer.status_code == 503]
    assert {answer.status_code for answer in answers} == {503, 504}
    assert all(answer.headers["retry-after"] == "5" for answer in busy)
