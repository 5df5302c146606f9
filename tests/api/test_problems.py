"""Refusals: what a machine and what a person are told, in which language, and where it leads."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from support.graph import FixedVersions, numbers, publish
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.api.problems import Refusal, problem
from kamara.config import Settings
from kamara.site.pages import Pages
from kamara.sparql.errors import Limit, TooManyError

LIMITS = {"workers": 1, "max_bytes": 16384, "max_nesting": 20}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    version = publish(tmp_path_factory.mktemp("versions"), numbers(20))
    app = create_app(Settings(query=LIMITS), FixedVersions(version))  # type: ignore[arg-type]
    with running(app) as address, httpx.Client(base_url=address, timeout=30) as opened:
        yield opened


def refused(client: httpx.Client, query: str, **headers: str) -> httpx.Response:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return client.get("/sparql", params={"query": query}, headers=named)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ASK {} #" + "x" * 16384, ("too-long", 413, ("query.max_bytes", 16384, "bytes"), 16392)),
        ("ASK " + "{" * 30 + "}" * 30, ("too-deep", 400, ("query.max_nesting", 20, "levels"), 30)),
        (
            "ASK { SERVICE <http://x/> {} }",
            ("service", 400, ("query.service_allow", 0, "endpoints"), "<http://x/>"),
        ),
        ("CLEAR ALL", ("update", 400, None, None)),
        ("ASK { ?s ?p }", ("syntax", 400, None, None)),
    ],
)
def test_a_refusal_names_the_limit_and_what_was_asked(
    client: httpx.Client, query: str, expected: tuple[str, int, tuple[str, float, str] | None, object]
) -> None:
    kind, status, limit, asked = expected
    answer = refused(client, query)
    told = answer.json()
    assert answer.status_code == told["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert told["type"] == f"/problem/{kind}"
    assert told.get("limit") == (dict(zip(("name", "value", "unit"), limit, strict=True)) if limit else None)
    assert told.get("asked") == asked


def test_a_fault_of_syntax_is_told_with_its_place(client: httpx.Client) -> None:
    told = refused(client, "SELECT *\n{ ?s nope:x ?o }").json()
    assert (told["type"], told["line"], told["column"]) == ("/problem/syntax", 2, 6)


def test_the_type_leads_to_a_page_and_to_json(client: httpx.Client) -> None:
    address = refused(client, "CLEAR ALL").json()["type"]
    machine = client.get(address).json()
    page = client.get(address, headers={"Accept": "text/html", "Accept-Language": "el"})
    assert machine["type"] == address
    assert '<html lang="el"' in page.text
    assert machine["title"]["el"] in page.text
    assert client.get("/problem/none").status_code == 404


def test_every_kind_is_listed_and_told_in_both_languages(client: httpx.Client) -> None:
    kinds = client.get("/problem").json()
    assert len(kinds) == len({kind["type"] for kind in kinds}) > 20
    for language in ("el", "en"):
        page = client.get("/problem", headers={"Accept": "text/html", "Accept-Language": language}).text
        assert all(kind["title"][language].replace("'", "&#39;") in page for kind in kinds)


def test_title_and_help_follow_the_language(client: httpx.Client) -> None:
    greek, english = (refused(client, "CLEAR ALL", accept_language=wish).json() for wish in ("el", "en"))
    plain = refused(client, "CLEAR ALL").json()
    assert plain["title"] == english["title"] == "Updates are not taken as queries"
    assert greek["title"] == "Οι ενημερώσεις δεν γίνονται δεκτές ως ερωτήματα"
    assert greek["help"] != english["help"]


def test_a_browser_gets_a_page_that_says_the_same(client: httpx.Client) -> None:
    answer = refused(client, "CLEAR ALL", accept="text/html", accept_language="el")
    assert answer.status_code == 400
    assert "Οι ενημερώσεις δεν γίνονται δεκτές ως ερωτήματα" in answer.text
    assert 'href="problem/update"' in answer.text


def test_an_unknown_address_and_method_have_their_kinds(client: httpx.Client) -> None:
    assert client.get("/nothing").json()["type"] == "/problem/not-found"
    assert client.delete("/sparql").json()["type"] == "/problem/method"


def test_every_kind_that_the_code_names_is_there() -> None:
    from kamara.api import problems

    kinds = Pages(live=True).problems
    assert set(problems._KINDS.values()) <= set(kinds.by_name)


def test_a_refusal_carries_members_of_its_own() -> None:
    error = Refusal(
        422, "no", members={"violations": [{"path": "p"}]}, limit=Limit("a.b", 3, "files"), asked=4
    )
    kind = Pages(live=True).problems.of_status(422)
    told = problem(kind, 422, str(error), error, "en")
    assert told["violations"] == [{"path": "p"}]
    assert (told["limit"], told["asked"]) == ({"name": "a.b", "value": 3, "unit": "files"}, 4)


def test_a_spent_budget_says_when_to_come_again() -> None:
    from fastapi import Request

    from kamara.api.problems import answer

    request = Request({"type": "http", "method": "GET", "path": "/sparql", "headers": []})
    told = answer(request, TooManyError("spent", retry_after=17), Pages(live=True))
    assert (told.status_code, told.headers["retry-after"]) == (429, "17")
