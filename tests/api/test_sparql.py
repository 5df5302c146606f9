from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.graph import FixedVersions, numbers, publish
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.config import Settings

COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> FixedVersions:
    return FixedVersions(publish(tmp_path_factory.mktemp("versions"), numbers(20)))


@pytest.fixture(scope="module")
def client(versions: FixedVersions) -> Iterator[httpx.Client]:
    settings = Settings(query={"workers": 1})  # type: ignore[arg-type]
    with (
        running(create_app(settings, versions)) as address,
        httpx.Client(base_url=address, timeout=30) as opened,
    ):
        yield opened


def ask(client: httpx.Client, query: str = COUNT, **headers: str) -> httpx.Response:
    return client.get(
        "/sparql",
        params={"query": query},
        headers={key.replace("_", "-"): value for key, value in headers.items()},
    )


def test_get_and_both_posts_answer_alike(client: httpx.Client) -> None:
    direct = client.post("/sparql", content=COUNT, headers={"Content-Type": "application/sparql-query"})
    form = client.post("/sparql", data={"query": COUNT})
    assert ask(client).json() == direct.json() == form.json()
    assert ask(client).json()["results"]["bindings"][0]["n"]["value"] == "20"


@pytest.mark.parametrize(("name", "kind"), [("csv", "text/csv"), ("xml", "application/sparql-results+xml")])
def test_format_names_a_format_whatever_the_header_says(client: httpx.Client, name: str, kind: str) -> None:
    answer = client.get("/sparql", params={"query": COUNT, "format": name}, headers={"Accept": "image/png"})
    assert answer.headers["content-type"].startswith(kind)


def test_a_format_of_another_kind_is_not_acceptable(client: httpx.Client) -> None:
    answer = client.get("/sparql", params={"query": COUNT, "format": "ttl"})
    assert answer.status_code == 406
    assert "json, xml, csv, tsv" in answer.json()["detail"]


def test_an_answer_is_known_by_its_tag_until_a_new_version(client: httpx.Client) -> None:
    first = ask(client)
    assert first.headers["kamara-version"] == "1"
    assert "Accept" in first.headers["vary"]
    again = ask(client, If_None_Match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert ask(client, "ASK {}", If_None_Match=first.headers["etag"]).status_code == 200
    assert ask(client, Accept="text/csv", If_None_Match=first.headers["etag"]).status_code == 200


def test_what_changes_by_itself_has_no_tag(client: httpx.Client) -> None:
    answer = ask(client, "SELECT (NOW() AS ?now) {}")
    assert "etag" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"


def test_refusals_are_problem_details(client: httpx.Client) -> None:
    answer = ask(client, "SELECT * {\n ?s ?p }")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 400
    assert "line 2" in problem["detail"]


def test_a_browser_gets_a_page_in_its_language(client: httpx.Client) -> None:
    page = ask(client, "nonsense", **BROWSER, Accept_Language="el")
    assert page.status_code == 400
    assert page.headers["content-type"].startswith("text/html")
    assert "Το κείμενο δεν είναι ερώτημα SPARQL" in page.text
    assert "Traceback" not in page.text


def test_a_browser_without_a_query_gets_the_form(client: httpx.Client) -> None:
    for language, words in (("el", "Ερώτημα"), ("en", "Query")):
        page = client.get("/sparql", headers={**BROWSER, "Accept-Language": language})
        assert page.status_code == 200
        assert f'<html lang="{language}">' in page.text
        assert f'<label for="query">{words}</label>' in page.text


def test_the_service_describes_itself(client: httpx.Client) -> None:
    turtle = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert "sd:UnionDefaultGraph" in turtle.text
    assert str(client.base_url) in turtle.text


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ({"content": COUNT}, "text/plain", 415),
        ({"content": COUNT}, "application/sparql-query; charset=utf-16", 415),
        ({"content": b"ASK { ?s ?p '\xff' }"}, "application/sparql-query", 400),
        ({"content": "update=DROP%20ALL"}, "application/x-www-form-urlencoded", 403),
        ({"content": "update=DROP%20ALL&query=ASK%7B%7D"}, "application/x-www-form-urlencoded", 400),
        ({"content": "query=ASK%7B%7D&query=ASK%7B%7D"}, "application/x-www-form-urlencoded", 400),
        ({"content": "query=%FF"}, "application/x-www-form-urlencoded", 400),
        ({"content": "query=ASK%7B%7D&default-graph-uri=relative"}, "application/x-www-form-urlencoded", 400),
        ({"content": "#" * 200_000}, "application/sparql-query", 413),
    ],
)
def test_requests_that_cannot_be_taken(
    client: httpx.Client, body: dict[str, str], kind: str, status: int
) -> None:
    answer = client.post("/sparql", headers={"Content-Type": kind}, **body)  # type: ignore[arg-type]
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_other_methods_are_told_what_is_allowed(client: httpx.Client) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        answer = client.request(method, "/sparql")
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]
    assert client.options("/sparql").headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_scripts_of_other_sites_may_ask(client: httpx.Client) -> None:
    assert ask(client, Origin="http://app.example").headers["access-control-allow-origin"] == "*"


def test_head_is_get_without_a_body(client: httpx.Client) -> None:
    head = client.head("/sparql", params={"query": COUNT})
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["etag"] == ask(client).headers["etag"]


def test_health_and_version(client: httpx.Client) -> None:
    health = client.get("/health").json()
    assert (health["status"], health["version"]) == ("ok", 1)
    version = client.get("/version").json()
    assert (version["version"], version["sequence"], version["quads"]) == (1, 1, 20)


def test_an_unknown_address_is_a_problem_too(client: httpx.Client) -> None:
    answer = client.get("/nothing/here")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_before_the_first_load_everything_says_so(tmp_path: Path) -> None:
    app = create_app(Settings(data_dir=tmp_path))
    with running(app) as address:
        answer = httpx.get(f"{address}/sparql", params={"query": COUNT})
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
        assert "kamara load" in answer.json()["detail"]
        assert httpx.get(f"{address}/health").json()["status"] == "empty"


def test_a_new_version_is_served_without_a_restart(tmp_path: Path) -> None:
    versions = FixedVersions(publish(tmp_path, numbers(3)))
    with running(create_app(Settings(), versions)) as address:
        first = httpx.get(f"{address}/sparql", params={"query": COUNT})
        versions.version = publish(tmp_path, numbers(4), number=2)
        second = httpx.get(
            f"{address}/sparql", params={"query": COUNT}, headers={"If-None-Match": first.headers["etag"]}
        )
    assert [
        json.loads(answer.content)["results"]["bindings"][0]["n"]["value"] for answer in (first, second)
    ] == ["3", "4"]
    assert second.headers["kamara-version"] == "2"
