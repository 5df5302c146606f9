"""Robots: which addresses they leave alone, and what those are told that come all the same."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import httpx
import pytest
from support.budget import Budget
from support.robots import Rules
from support.uvicorn_thread import running

from kamara.api.app import create_app

TAG = "x-robots-tag"
NOT_INDEXED = "noindex, nofollow"
ASK = "ASK { ?s ?p ?o }"
LINK = re.compile(r"<a\b([^>]*)>")
HREF = re.compile(r'href="([^"#]*)')
MOST_OF_A_KIND = 3


@pytest.fixture(scope="module")
def client(sample_budget: Budget) -> Iterator[httpx.Client]:
    with running(create_app(sample_budget.settings)) as address, httpx.Client(base_url=address) as opened:
        yield opened


def links(answer: httpx.Response) -> Iterator[tuple[str, str]]:
    """The links of a page to the server that it came from: what stands in the tag, and the address."""
    if not answer.headers["content-type"].startswith("text/html"):
        return
    for link in LINK.findall(answer.text):
        href = HREF.search(link)
        if href is None or not href[1]:
            continue
        target = urlsplit(urljoin(str(answer.url), unescape(href[1])))
        if target.netloc == answer.url.netloc.decode():
            yield link, target._replace(scheme="", netloc="", fragment="").geturl()


def kind(path: str) -> str:
    """What pages of one kind have in common: the type of thing, or the first part of the address."""
    parts = path.partition("?")[0].split("/")
    return "/".join(parts[:3]) if parts[1] == "doc" else f"/{parts[1].partition('.')[0]}"


@pytest.fixture(scope="module")
def rules(client: httpx.Client) -> Rules:
    answer = client.get("/robots.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    return Rules(answer.text)


@pytest.mark.parametrize(
    "address",
    [
        "/sparql?query=ASK%7B%7D",
        "/sparql.en.html?query=ASK%7B%7D",
        "/sparql.el.html?example=budget-balance",
        "/query/budget-balance?year=2016",
        "/query/budget-balance.en.html?year=2016",
        "/query/budget-balance.csv",
        "/query/budget-balance.parquet?year=2016",
        "/job/x9Vr",
        "/job/x9Vr/result",
        "/pin",
        "/pin/budget-balance",
        "/result/0f343b0931126a20f133d67c2b018a3b/answer.csv",
        "/graph-store?graph=https%3A%2F%2Fdata.thessaloniki.gr%2Fgraph%2Fbudget",
    ],
)
def test_what_the_engine_computes_for_one_who_asks_is_left_alone(rules: Rules, address: str) -> None:
    assert not rules.may_fetch(address)


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/index.el.html",
        "/sparql",
        "/sparql.el.html",
        "/query",
        "/query/budget-balance",
        "/query/budget-balance.en.html",
        "/result/0f343b0931126a20f133d67c2b018a3b",
        "/result/0f343b0931126a20f133d67c2b018a3b.en.html",
        "/id/organization/6114",
        "/doc/organization/6114.ttl",
        "/def/BudgetLine",
        "/code/budget-service/10",
        "/dataset/budget-revenue",
        "/graph/budget-revenue",
        "/doc/graph/budget-revenue.nt",
        "/problem/deadline",
        "/static/kamara.css",
        "/robots.txt",
    ],
)
def test_things_datasets_downloads_and_pages_are_open(rules: Rules, address: str) -> None:
    assert rules.may_fetch(address)


def test_a_robot_reads_the_city_and_asks_no_query(client: httpx.Client, rules: Rules) -> None:
    """It follows the links of pages from the first one on, some of each kind."""
    waiting, seen, kinds = deque(["/"]), {"/"}, Counter[str]()
    while waiting:
        address = waiting.popleft()
        answer = client.get(address, headers={"Accept": "text/html"}, follow_redirects=True)
        assert answer.status_code < 500, address
        assert "kamara-lane" not in answer.headers, address
        assert TAG not in answer.headers, address
        for link, path in links(answer):
            is_new = path not in seen and kinds[kind(path)] < MOST_OF_A_KIND
            if is_new and "nofollow" not in link and rules.may_fetch(path):
                seen.add(path)
                kinds[kind(path)] += 1
                waiting.append(path)
    assert {"/sparql", "/query", "/doc/dataset", "/doc/graph", "/doc/organization"} <= set(kinds)


@pytest.mark.parametrize(
    "page", ["/query/budget-as-of.en.html", "/query/budget-as-of.en.html?day=2016-04-08", "/sparql.el.html"]
)
def test_links_to_queries_ask_robots_not_to_follow(client: httpx.Client, rules: Rules, page: str) -> None:
    answer = client.get(page)
    for link, path in links(answer):
        assert rules.may_fetch(path) or 'rel="nofollow"' in link or 'rel="alternate"' in link, link
    forms = re.findall(r'<form[^>]*method="get"[^>]*>', answer.text)
    assert forms
    assert all('rel="nofollow"' in form for form in forms)


@pytest.mark.parametrize("headers", [{}, {"Prefer": "respond-async"}])
def test_an_answer_of_a_query_is_not_to_be_indexed(client: httpx.Client, headers: dict[str, str]) -> None:
    for address in (
        f"/sparql?query={ASK}",
        "/query/budget-as-of.csv",
        "/query/budget-as-of.csv?day=2016-04-08",
    ):
        assert client.get(address, headers=headers).headers[TAG] == NOT_INDEXED, address


def test_the_page_of_a_question_is_indexed_and_that_of_another_day_is_not(
    client: httpx.Client,
) -> None:
    page = "/query/budget-as-of.en.html"
    assert TAG not in client.get(page).headers
    assert client.get(f"{page}?day=2016-04-08").headers[TAG] == NOT_INDEXED


def test_a_whole_graph_that_is_asked_for_by_protocol_is_not_indexed(client: httpx.Client) -> None:
    graph = "https://data.thessaloniki.gr/graph/budget-revenue"
    assert client.head("/graph-store", params={"graph": graph}).headers[TAG] == NOT_INDEXED
    assert TAG not in client.head("/doc/graph/budget-revenue.ttl").headers


def test_a_pinned_answer_has_an_indexed_page_and_bytes_that_are_not(client: httpx.Client) -> None:
    pinned = client.post("/pin", data={"query": ASK, "format": "csv"}).json()
    page = f"/result/{pinned['id']}"
    assert client.get(f"{page}/answer.csv").headers[TAG] == NOT_INDEXED
    assert TAG not in client.get(f"{page}.en.html").headers


def test_a_refused_query_is_not_indexed(client: httpx.Client) -> None:
    for address in ("/sparql?query=SELECT", "/query/budget-as-of?day=yesterday"):
        answer = client.get(address, headers={"Accept": "text/html"})
        assert answer.status_code in (400, 406)
        assert answer.headers[TAG] == NOT_INDEXED


def test_an_address_without_a_query_loses_no_page_by_a_refusal(client: httpx.Client) -> None:
    for address in ("/id/organization/0", "/query/nothing.en.html"):
        answer = client.get(address, headers={"Accept": "text/html"})
        assert answer.status_code == 404
        assert TAG not in answer.headers
