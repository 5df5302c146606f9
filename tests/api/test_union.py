"""The default graph is the union of all: what is counted and summed there is what the graphs hold, once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction

import httpx
import pytest
from support.budget import Budget
from support.uvicorn_thread import running

from kamara.api.app import create_app

BASE = "https://data.thessaloniki.gr/"
GRAPH = f"{BASE}graph/"
DOMAINS = (
    "budget-expenditure",
    "budget-revenue",
    "decisions",
    "air-quality",
    "things-stack-uplinks",
    "world-heritage",
    "improvemycity",
    "strategy-targets",
    "census-population",
)
VALUE = "BIND(IF(isNumeric(?o), <http://www.w3.org/2001/XMLSchema#decimal>(?o), 0) AS ?v)"
THINGS = f'FILTER(STRSTARTS(STR(?s), "{BASE}id/"))'
FIGURES = "(COUNT(*) AS ?n) (SUM(?v) AS ?sum)"
Row = Mapping[str, str]
Figures = tuple[int, Fraction]


@pytest.fixture(scope="module")
def client(sample_budget: Budget) -> Iterator[httpx.Client]:
    """A server of the samples of all domains."""
    with (
        running(create_app(sample_budget.settings)) as address,
        httpx.Client(base_url=address, timeout=120) as opened,
    ):
        yield opened


@pytest.fixture(scope="module")
def graphs(client: httpx.Client) -> dict[str, Figures]:
    """Each graph with what it holds by itself: triples, and the sum of its numbers."""
    found = rows(client, f"SELECT ?g {FIGURES} {{ GRAPH ?g {{ ?s ?p ?o }} {VALUE} }} GROUP BY ?g")
    return {row["g"]: figures(row) for row in found}


def rows(client: httpx.Client, query: str, **protocol: str | list[str]) -> list[Row]:
    answer = client.post("/sparql", data={"query": query, **protocol})
    assert answer.status_code == 200, answer.text
    return [
        {name: term["value"] for name, term in row.items()} for row in answer.json()["results"]["bindings"]
    ]


def figures(row: Row) -> Figures:
    return int(row["n"]), Fraction(row["sum"])


def total(parts: Mapping[str, Figures]) -> Figures:
    return sum(n for n, _ in parts.values()), sum((value for _, value in parts.values()), Fraction())


def test_every_domain_is_there(graphs: dict[str, Figures]) -> None:
    assert {f"{GRAPH}{name}" for name in DOMAINS} <= graphs.keys()


def test_each_graph_counts_what_the_store_holds(graphs: dict[str, Figures], sample_budget: Budget) -> None:
    held = Counter(str(quad.graph_name).strip("<>") for quad in sample_budget.store)
    assert {name: n for name, (n, _) in graphs.items()} == held


def test_the_union_holds_what_the_graphs_hold(client: httpx.Client, graphs: dict[str, Figures]) -> None:
    (found,) = rows(client, f"SELECT {FIGURES} {{ ?s ?p ?o {VALUE} }}")
    assert figures(found) == total(graphs)


def test_no_triple_stands_in_two_graphs(client: httpx.Client, graphs: dict[str, Figures]) -> None:
    (found,) = rows(client, "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }")
    assert int(found["n"]) == total(graphs)[0]


def test_the_things_of_a_graph_have_the_same_figures_in_the_union(client: httpx.Client) -> None:
    alone = f"GRAPH ?g {{ ?s ?p ?o }} {THINGS}"
    together = f"{{ SELECT DISTINCT ?g ?s {{ GRAPH ?g {{ ?s ?q ?r }} {THINGS} }} }} ?s ?p ?o"
    within, across = (
        {
            row["g"]: figures(row)
            for row in rows(client, f"SELECT ?g {FIGURES} {{ {pattern} {VALUE} }} GROUP BY ?g")
        }
        for pattern in (alone, together)
    )
    assert within == across
    assert len(within) > 30


@pytest.mark.parametrize(
    ("group", "pattern"), [("p", "?s ?p ?o"), ("class", f"?s a ?class ; ?p ?o {THINGS}")], ids=["p", "class"]
)
def test_groups_of_the_union_are_sums_of_groups_of_graphs(
    client: httpx.Client, group: str, pattern: str
) -> None:
    parts: dict[str, dict[str, Figures]] = defaultdict(dict)
    query = f"SELECT ?g ?{group} {FIGURES} {{ GRAPH ?g {{ {pattern} }} {VALUE} }} GROUP BY ?g ?{group}"
    for row in rows(client, query):
        parts[row[group]][row["g"]] = figures(row)
    found = rows(client, f"SELECT ?{group} {FIGURES} {{ {pattern} {VALUE} }} GROUP BY ?{group}")
    assert {row[group]: figures(row) for row in found} == {name: total(each) for name, each in parts.items()}


def test_a_graph_named_as_the_default_one_is_that_graph(
    client: httpx.Client, graphs: dict[str, Figures]
) -> None:
    query = f"SELECT {FIGURES} {{ ?s ?p ?o {VALUE} }}"
    for name, expected in graphs.items():
        assert figures(rows(client, query, **{"default-graph-uri": name})[0]) == expected
    (found,) = rows(client, query, **{"default-graph-uri": list(graphs)})
    assert figures(found) == total(graphs)
