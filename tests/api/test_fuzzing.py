"""Whatever is sent: each answer is whole, visibly broken off or a problem, and the server answers on."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import httpx
import pyoxigraph
import pytest
from hypothesis import HealthCheck, given, settings
from support.graph import FixedVersions, numbers, publish
from support.hostile import hostile
from support.sparqlgrammar import QUERIES, broken
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.config import Settings

ACCEPT = "application/sparql-results+json, application/n-triples;q=0.9"
LEAK = re.compile(r'Traceback|File "[^"]+", line|site-packages|panicked')
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f + ?i = -1) }"
# One server for all examples.
bounded = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    version = publish(tmp_path_factory.mktemp("versions"), numbers(2000))
    limits = {"deadline_seconds": 1, "memory_mb": 64, "client_seconds": 0}
    with running(create_app(Settings(query=limits), FixedVersions(version))) as base:  # type: ignore[arg-type]
        yield f"{base}/sparql"


@pytest.fixture(autouse=True)
def _still_answers(address: str) -> Iterator[None]:
    yield
    answers = [httpx.get(address, params={"query": f"{COUNT} # {n}"}, timeout=60) for n in range(8)]
    assert {answer.json()["results"]["bindings"][0]["n"]["value"] for answer in answers} == {"2000"}
    # A worker of the long lane is there as well.
    assert post(address, ENDLESS).status_code == 504


def post(address: str, query: str | bytes) -> httpx.Response:
    headers = {"Content-Type": "application/sparql-query", "Accept": ACCEPT}
    return httpx.post(address, content=query, headers=headers, timeout=120)


def fault(address: str, query: str | bytes) -> str:
    """What is wrong with the answer; empty when nothing is."""
    try:
        answer = post(address, query)
    except httpx.RemoteProtocolError:
        return ""
    if LEAK.search(answer.text):
        return f"leaks: {answer.text[:300]}"
    if answer.status_code != 200:
        told = answer.headers["content-type"].startswith("application/problem+json")
        right = told and answer.json()["status"] == answer.status_code != 500
        return "" if right else f"{answer.status_code}: {answer.text[:300]}"
    if answer.headers["content-type"].startswith("application/n-triples"):
        list(pyoxigraph.parse(answer.content, format=pyoxigraph.RdfFormat.N_TRIPLES))
    else:
        answer.json()
    return ""


def raw(address: str, *pieces: bytes, wait: bool = True) -> bytes:
    """Bytes over a socket of our own; the beginning of what comes back."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as client:
        for piece in pieces:
            client.sendall(piece)
        return client.recv(4096) if wait else b""


def test_every_hostile_query_is_answered_or_refused(address: str) -> None:
    queries = hostile()
    assert len(queries) >= 45
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(6) as clients:
        listener.setblocking(False)  # noqa: FBT003
        here = f"127.0.0.1:{listener.getsockname()[1]}"
        texts = [query.replace("127.0.0.1:1", here) for query in queries.values()]
        faults = dict(zip(queries, clients.map(lambda text: fault(address, text), texts), strict=True))
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert {name: told for name, told in faults.items() if told} == {}


@bounded
@given(QUERIES)
def test_queries_of_the_grammar_are_answered_whole(address: str, query: str) -> None:
    assert fault(address, query) == ""


@bounded
@given(broken())
def test_broken_queries_are_refused_or_answered_whole(address: str, query: bytes) -> None:
    assert fault(address, query) == ""


def test_bytes_that_are_no_text_are_refused(address: str) -> None:
    for query in (b"\xff\xfe", b"ASK { \xc3\x28 ?p ?o }", "ASK {}".encode("utf-16"), b"\x00" * 100):
        assert post(address, query).status_code == 400
    assert httpx.get(f"{address}?query=%FF%FE", timeout=60).status_code == 400


def test_half_sent_requests_hold_nobody_up(address: str) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    parts = urlsplit(address)
    held = [socket.create_connection((parts.hostname or "", parts.port or 0)) for _ in range(60)]
    try:
        for number, client in enumerate(held):
            client.sendall(head + (b"Content-Length: 1000\r\n\r\nASK" if number % 2 else b"X-Slow: "))
        answers = [httpx.get(address, params={"query": COUNT}, timeout=60) for _ in range(5)]
        assert {answer.status_code for answer in answers} == {200}
    finally:
        for client in held:
            client.close()


def test_floods_of_headers_and_nonsense_are_refused(address: str) -> None:
    many = b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(300))
    for pieces in (
        (b"GET /sparql HTTP/1.1\r\nHost: x\r\n", many[:60000], b"\r\n" * 2),
        (b"\x16\x03\x01\x02\x00" * 200 + b"\r\n\r\n",),
        (b"GET /" + b"a" * 9000 + b" HTTP/9.9\r\n\r\n",),
        (b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",),
    ):
        try:
            told = raw(address, *pieces)
        except ConnectionError:
            continue
        assert told == b"" or b" 4" in told.split(b"\r\n")[0] or b"200" in told.split(b"\r\n")[0]
        assert not LEAK.search(told.decode("latin-1"))


def test_readers_that_leave_in_the_middle_stop_their_queries(address: str) -> None:
    body = b"SELECT * { ?a ?b ?c . ?d ?e ?f }"
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    for _ in range(6):
        assert raw(address, head, b"Content-Length: %d\r\n\r\n" % len(body), body).startswith(b"HTTP/1.1 ")
