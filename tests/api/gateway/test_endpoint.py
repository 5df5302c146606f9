"""`/sparql` in front of the framework, over a real socket: what the protocol asks, cached, coded, counted."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import httpx
import pytest
from support.graph import FixedVersions, numbers, publish
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.config import Settings
from kamara.sparql.versions import Version

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
ALL = "SELECT * { ?s ?p ?o } ORDER BY ?o"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f + ?i = -1) }"
DIRECT = {"Content-Type": "application/sparql-query"}


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return publish(tmp_path_factory.mktemp("versions"), numbers(400))


@pytest.fixture(scope="module")
def client(version: Version, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    with (
        running(create_app(settings, FixedVersions(version))) as address,
        httpx.Client(base_url=address, timeout=60) as opened,
    ):
        yield opened


def ask(client: httpx.Client, query: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get("/sparql", params={"query": query}, headers=named)


def test_headers_say_version_rows_seconds_and_lane(client: httpx.Client) -> None:
    answer = ask(client, ALL + " # counted")
    assert answer.headers["kamara-version"] == "1"
    assert answer.headers["kamara-rows"] == str(len(answer.json()["results"]["bindings"])) == "400"
    assert float(answer.headers["kamara-seconds"]) >= 0
    assert answer.headers["kamara-lane"] in ("quick", "long")
    assert answer.headers["vary"] == "Accept, Accept-Encoding, Prefer"


def test_a_query_is_run_once_however_it_is_sent(client: httpx.Client) -> None:
    query = COUNT + " # sent in every way"
    first = ask(client, query)
    assert first.headers["kamara-cache"] == "miss"
    again = [
        ask(client, query),
        ask(client, query, Accept="application/json;q=0.9, text/html;q=0.1"),
        client.post("/sparql", data={"query": query}),
        client.post("/sparql", content=query, headers=DIRECT),
        client.get("/sparql", params={"format": "json", "query": query}),
    ]
    assert {answer.headers["kamara-cache"] for answer in again} == {"hit"}
    assert {answer.content for answer in again} == {first.content}
    assert {answer.headers["etag"] for answer in again} == {first.headers["etag"]}
    assert ask(client, query, Accept="text/csv").headers["kamara-cache"] == "miss"


def test_each_dataset_has_its_answer(client: httpx.Client) -> None:
    query = COUNT + " # of a dataset"
    whole = ask(client, query)
    part = client.get("/sparql", params={"query": query, "default-graph-uri": "urn:g:none"})
    assert part.headers["kamara-cache"] == "miss"
    assert part.content != whole.content


def test_codings_are_packed_from_one_run(client: httpx.Client) -> None:
    plain = ask(client, ALL, Accept_Encoding="identity")
    packed = ask(client, ALL, Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["kamara-cache"] == "hit"
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]
    assert int(packed.headers["content-length"]) < len(plain.content) / 5


def test_an_unchanged_answer_is_304_though_it_was_never_made_here(client: httpx.Client) -> None:
    query = ALL + " # held"
    for coding in ("identity", "gzip", "zstd"):
        tag = ask(client, query, Accept_Encoding=coding).headers["etag"]
        again = ask(client, query, Accept_Encoding=coding, If_None_Match=tag)
        assert (again.status_code, again.headers["etag"], again.content) == (304, tag, b"")
        # Another Accept: the cache does not know the wish, the tag is the same.
        unknown = ask(client, query, Accept_Encoding=coding, If_None_Match=tag, Accept="*/*;q=0.7")
        assert (unknown.status_code, unknown.headers["etag"]) == (304, tag)


def test_post_is_answered_whatever_the_client_holds(client: httpx.Client) -> None:
    tag = ask(client, COUNT).headers["etag"]
    answer = client.post("/sparql", content=COUNT, headers={**DIRECT, "If-None-Match": tag})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query", ["SELECT (NOW() AS ?x) {}", "SELECT (rand() AS ?x) {}", "SELECT(UUID()AS ?x){}"]
)
def test_what_changes_by_itself_is_run_each_time(client: httpx.Client, query: str) -> None:
    first, second = ask(client, query), ask(client, query)
    assert "etag" not in first.headers
    assert first.headers["cache-control"] == "no-store"
    assert second.headers.get("kamara-cache") != "hit"
    assert first.content != second.content


def test_a_word_in_a_string_does_not_change_by_itself(client: httpx.Client) -> None:
    query = "SELECT ('now' AS ?x) {}"
    ask(client, query)
    assert ask(client, query).headers["kamara-cache"] == "hit"


def test_head_is_get_without_its_body(client: httpx.Client) -> None:
    for query in (ALL + " # head first", "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o FILTER(?o < 0) }"):
        head = client.head("/sparql", params={"query": query})
        got = ask(client, query)
        for name in ("etag", "content-length", "content-type", "vary", "kamara-version", "kamara-rows"):
            assert head.headers[name] == got.headers[name]
        assert head.headers.get("content-encoding") == got.headers.get("content-encoding")
        assert head.content == b""


def test_refusals_are_problems_and_are_not_kept(client: httpx.Client) -> None:
    for _ in range(2):
        answer = ask(client, "SELECT * {")
        assert answer.status_code == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        assert "kamara-cache" not in answer.headers
        assert answer.headers["access-control-allow-origin"] == "*"


def test_pages_of_saved_queries_are_kept_too(client: httpx.Client) -> None:
    first, second = (client.get("/query/budget-as-of.en.html") for _ in range(2))
    assert (first.headers["kamara-cache"], second.headers["kamara-cache"]) == ("miss", "hit")
    assert first.content == second.content
    other = client.get("/query/budget-as-of.en.html", params={"day": "2016-04-02"})
    assert other.headers["kamara-cache"] == "miss"
    known = {"If-None-Match": first.headers["etag"]}
    assert client.get("/query/budget-as-of.en.html", headers=known).status_code == 304


def test_a_form_without_a_query_goes_on_to_the_application(client: httpx.Client) -> None:
    assert client.post("/sparql", data={"nothing": "x"}).status_code == 400
    assert client.get("/sparql", params={"query-of": "x"}).status_code == 200


def test_large_answers_are_streamed_whole_in_each_coding(client: httpx.Client) -> None:
    query = "SELECT * { ?a ?p ?b . ?c ?q ?d . FILTER(?b < 100) }"
    plain = ask(client, query, Accept="text/csv", Accept_Encoding="identity")
    assert plain.content.count(b"\n") == 100 * 400 + 1
    with client.stream(
        "GET",
        "/sparql",
        params={"query": query + " # packed"},
        headers={"Accept": "text/csv", "Accept-Encoding": "gzip"},
    ) as packed:
        assert gzip.decompress(b"".join(packed.iter_raw())) == plain.content


def test_a_new_version_is_another_answer(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("two-versions")
    versions = FixedVersions(publish(folder, numbers(3)))
    with (
        running(create_app(Settings(data_dir=folder / "data"), versions)) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        first = [ask(client, COUNT) for _ in range(2)][1]
        versions.version = publish(folder, numbers(4), number=2)
        second = ask(client, COUNT, If_None_Match=first.headers["etag"])
    assert (first.headers["kamara-cache"], second.headers["kamara-cache"]) == ("hit", "miss")
    assert (second.status_code, second.headers["kamara-version"]) == (200, "2")
    assert first.content != second.content


def test_a_client_that_leaves_in_the_middle_of_its_body_is_forgotten(client: httpx.Client) -> None:
    host, port = client.base_url.host, client.base_url.port
    assert port is not None
    with socket.create_connection((host, port), timeout=10) as half:
        half.sendall(
            b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
            b"Content-Length: 100\r\n\r\nSELECT"
        )
    assert ask(client, COUNT).status_code == 200


def test_clients_that_leave_take_their_queries_with_them(client: httpx.Client) -> None:
    host, port = client.base_url.host, client.base_url.port
    assert port is not None
    for number in range(6):
        with socket.create_connection((host, port), timeout=10) as gone:
            target = quote(f"{ENDLESS} # {number}")
            gone.sendall(f"GET /sparql?query={target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            gone.settimeout(0.2)
            with pytest.raises(TimeoutError):
                gone.recv(1)
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda n: ask(client, f"{COUNT} # after {n}"), range(16)))
    assert {answer.status_code for answer in answers} == {200}
