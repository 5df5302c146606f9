"""SERVICE, graphs that are not ours, and answers that XML cannot hold, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from lxml import etree
from pyoxigraph import Literal, NamedNode, Quad
from support.endpoint import Endpoint, endpoint
from support.graph import GRAPH, FixedVersions, numbers, publish
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.config import Settings

ODD = [
    Quad(NamedNode("urn:odd"), NamedNode("urn:q:1"), Literal("x"), GRAPH),
    Quad(NamedNode("urn:odd"), NamedNode("urn:q:a"), Literal("\x01"), GRAPH),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Endpoint]:
    with endpoint() as opened:
        yield opened


@pytest.fixture(scope="module")
def client(server: Endpoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    version = publish(tmp_path_factory.mktemp("versions"), [*numbers(20), *ODD])
    limits = {
        "workers": 1,
        "service_allow": [server.url(), server.url("/page")],
        "service_networks": ["127.0.0.0/8"],
    }
    app = create_app(Settings(query=limits), FixedVersions(version))  # type: ignore[arg-type]
    with running(app) as address, httpx.Client(base_url=address, timeout=30) as opened:
        yield opened


def ask(client: httpx.Client, query: str, **headers: str) -> httpx.Response:
    return client.get("/sparql", params={"query": query}, headers=headers)


def test_a_query_is_joined_with_what_another_endpoint_knows(client: httpx.Client, server: Endpoint) -> None:
    query = (
        "SELECT ?n ?name { ?s <urn:p:value> ?n FILTER(?n = 7) "
        f"SERVICE <{server.url()}> {{ ?s <urn:p:name> ?name }} }}"
    )
    answer = ask(client, query, Accept="text/csv")
    assert answer.text == "n,name\r\n7,όνομα 7\r\n"
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


def test_an_endpoint_that_fails_is_a_502_with_a_rewrite_that_passes(
    client: httpx.Client, server: Endpoint
) -> None:
    query = f"SELECT * {{ ?s <urn:p:value> 7 SERVICE <{server.url('/page')}> {{ ?s ?p ?o }} }}"
    answer = ask(client, query)
    told = answer.json()
    assert (answer.status_code, told["type"]) == (502, "/problem/service-failed")
    assert ask(client, told["rewrite"], Accept="text/csv").text == "s\r\nurn:s:7\r\n"


def test_an_endpoint_that_is_not_on_the_list_is_not_called(client: httpx.Client, server: Endpoint) -> None:
    before = len(server.asked)
    told = ask(client, f"SELECT * {{ ?s <urn:p:value> 7 SERVICE <{server.url('/x')}> {{ }} }}").json()
    assert told["asked"] == f"<{server.url('/x')}>"
    assert ask(client, told["rewrite"], Accept="text/csv").text == "s\r\nurn:s:7\r\n"
    assert len(server.asked) == before


@pytest.mark.parametrize(
    "query", ["SELECT * FROM <URL> { ?s ?p ?o }", "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }"]
)
def test_a_graph_that_is_not_ours_is_empty_and_never_fetched(
    client: httpx.Client, server: Endpoint, query: str
) -> None:
    before = len(server.asked)
    answer = ask(client, query.replace("URL", server.url("/graph")))
    assert answer.json()["results"]["bindings"] == []
    by_protocol = client.get(
        "/sparql", params={"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": server.url("/graph")}
    )
    assert by_protocol.json()["results"]["bindings"] == []
    assert len(server.asked) == before


def test_load_is_refused_and_fetches_nothing(client: httpx.Client, server: Endpoint) -> None:
    before = len(server.asked)
    assert ask(client, f"LOAD <{server.url()}>").json()["type"] == "/problem/update"
    assert len(server.asked) == before


@pytest.mark.parametrize(
    "query",
    [
        "CONSTRUCT { ?s <urn:p:1> ?o } { ?s <urn:p:value> ?o }",
        "CONSTRUCT { ?s ?p ?o } { BIND(<urn:odd> AS ?s) ?s ?p ?o FILTER(?p = <urn:q:a>) }",
        "CONSTRUCT { ?s <http://www.w3.org/1999/02/22-rdf-syntax-ns#li> ?o } { ?s <urn:p:value> ?o }",
    ],
)
def test_what_rdf_xml_cannot_say_is_not_acceptable_in_it(client: httpx.Client, query: str) -> None:
    answer = ask(client, query, Accept="application/rdf+xml")
    assert (answer.status_code, answer.json()["type"]) == (406, "/problem/format")
    assert ask(client, query, Accept="text/turtle").status_code == 200


def test_a_large_answer_that_rdf_xml_cannot_say_is_never_sent_whole(client: httpx.Client) -> None:
    query = (
        "CONSTRUCT { ?s <urn:p:1> ?o } { ?s <urn:p:value> ?a . ?x <urn:p:value> ?b . ?y <urn:p:value> ?c "
        "BIND(?a * 10000 + ?b * 100 + ?c AS ?o) }"
    )
    assert ask(client, query, Accept="application/rdf+xml").status_code == 406
    assert ask(client, query, Accept="application/n-triples").text.count("\n") == 8000


def test_what_rdf_xml_can_say_is_well_formed(client: httpx.Client) -> None:
    query = "CONSTRUCT WHERE { ?s <urn:p:value> ?o }"
    answer = ask(client, query, Accept="application/rdf+xml")
    assert len(etree.fromstring(answer.content)) == 20


def test_a_table_that_xml_cannot_hold_is_not_acceptable_in_it(client: httpx.Client) -> None:
    query = "SELECT ?o { <urn:odd> <urn:q:a> ?o }"
    assert ask(client, query, Accept="application/sparql-results+xml").status_code == 406
    assert ask(client, query).json()["results"]["bindings"][0]["o"]["value"] == "\x01"
