from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from kamara.config import QuerySettings
from kamara.sparql.errors import RefusedError, SyntaxRefusal, TooLongError
from kamara.sparql.guard import inspect
from kamara.sparql.lexer import tokens

LIMITS = QuerySettings()

SERVICE_SPELLINGS = [
    "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
    "SELECT * { service<URL>{?s ?p ?o} }",
    "SELECT * { SeRvIcE # why not\r<URL> { ?s ?p ?o } }",
    "SELECT * { SERVICESILENT<URL>{?s ?p ?o} }",
    "BASE <URL> SELECT * { SERVICE <> { ?s ?p ?o } }",
    "PREFIX x: <URL> SELECT * { SERVICE x: { ?s ?p ?o } }",
    "PREFIX x: <URL> SELECT * { SERVICEx:{ ?s ?p ?o } }",
    "PREFIX x: <URL> PREFIX SERVICEx: <urn:a> SELECT * { SERVICEx: { ?s ?p ?o } }",
    "SELECT * { VALUES ?o { 1 } ?s ?p 1SERVICE<URL>{ ?a ?b ?c } }",
    "SELECT * { VALUES ?x { <URL> } SERVICE ?x { ?s ?p ?o } }",
    "SELECT * { BIND(<URL> AS ?x) SERVICE ?x { ?s ?p ?o } }",
    "SELECT * { FILTER(1<'>') SERVICE <URL> { ?s ?p ?o } FILTER('a'='a') }",
    "SELECT * { FILTER(1<2)SERVICE#>\n<URL> { ?s ?p ?o } }",
    "SELECT * { { SELECT * { OPTIONAL { SERVICE <URL> { ?s ?p ?o } } } } }",
    "ASK { FILTER EXISTS { SERVICE <URL> { ?s ?p ?o } } }",
    "CONSTRUCT { ?s ?p ?o } WHERE { SERVICE <URL> { ?s ?p ?o } }",
    "SELECT ('SERVICE' AS ?a) { SERVICE <URL> { ?s ?p ?o } } # '",
    "SELECT * { ?s ?p '''it's''' . SERVICE <URL> { ?s ?p ?o } }",
]


@pytest.mark.parametrize("spelling", SERVICE_SPELLINGS)
def test_service_is_refused_however_it_is_spelled(spelling: str) -> None:
    with pytest.raises(RefusedError):
        inspect(spelling.replace("URL", "http://127.0.0.1:8000/"), LIMITS)


def test_the_spellings_are_real_the_engine_alone_would_call_out(listener: tuple[str, list[int]]) -> None:
    url, calls = listener
    for spelling in (
        "SELECT * { SERVICESILENT<URL>{?s ?p ?o} }",
        "SELECT * { FILTER(1<2)SERVICE SILENT#>\n<URL> {} }",
    ):
        before = len(calls)
        Store().query(spelling.replace("URL", url)).serialize(format=_csv())
        assert len(calls) > before, spelling


@pytest.mark.parametrize(
    "harmless",
    [
        "SELECT * { ?s ?p 'SERVICE <http://x/>' }",
        "SELECT * { ?s ?p ?o } # SERVICE <http://x/> { }",
        "SELECT ?service { ?service <http://x/service/> ?o }",
        "PREFIX service: <http://x/> SELECT * { GRAPH service:g { ?s service:p service:o } }",
        "SELECT * { VALUES (?a ?b) { (1 <http://x/a#b>) (<urn:it's> <#y>) } }",
        "SELECT * { ?s <p#a> ?o FILTER(?o <5 && ?o> 1) }",
    ],
)
def test_what_only_looks_like_a_call_passes(harmless: str) -> None:
    assert inspect(harmless, LIMITS).form == "SELECT"


def test_a_service_on_the_list_passes_by_address_or_prefix() -> None:
    limits = QuerySettings(service_allow=("http://x/sparql",))
    inspect("SELECT * { SERVICE <http://x/sparql> { ?s ?p ?o } }", limits)
    inspect("PREFIX x: <http://x/> SELECT * { SERVICE SILENT x:sparql { ?s ?p ?o } }", limits)
    with pytest.raises(RefusedError, match="service_allow"):
        inspect("SELECT * { SERVICE <http://x/other> { ?s ?p ?o } }", limits)
    with pytest.raises(RefusedError):
        inspect("SELECT * { VALUES ?x { <http://x/sparql> } SERVICE ?x { ?s ?p ?o } }", limits)


def test_deep_nesting_is_refused_with_its_place() -> None:
    with pytest.raises(RefusedError, match=r"line 1, column 1\d\d: .*max_nesting"):
        inspect("SELECT * " + "{" * 5000 + "}" * 5000, LIMITS)


def test_brackets_in_strings_comments_and_addresses_do_not_nest() -> None:
    inspect("SELECT * { ?s <http://x/((((((((((> '((((((((((' } # ((((((((((", QuerySettings(max_nesting=5))


def test_a_long_query_is_refused_by_its_bytes() -> None:
    with pytest.raises(TooLongError, match="is 10485797 bytes long"):
        inspect("SELECT * { ?s ?p '" + "β" * 5_242_879 + "' }" + " " * 18, LIMITS)


@pytest.mark.parametrize(
    "keyword", ["INSERT DATA { }", "delete where {}", "LOAD <x>", "CLEAR ALL", "DROP ALL", "WITH <x> "]
)
def test_updates_are_refused_by_name(keyword: str) -> None:
    with pytest.raises(RefusedError, match="is an update"):
        inspect(f"PREFIX a: <b> # c\n{keyword}", LIMITS)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "the query is empty"),
        ("PREFIX a: <b>", "the query is empty"),
        ("SELEKT * {}", "line 1, column 1"),
        ("SELECT * {\n ?s nope:p ?o }", "line 2, column 5: the prefix `nope:`"),
        ("SELECT * { ?s ?p 'open }", "line 1, column 18"),
    ],
)
def test_what_cannot_be_a_query_is_told_with_its_place(text: str, where: str) -> None:
    with pytest.raises(SyntaxRefusal, match=where):
        inspect(text, LIMITS)


def test_form_and_dataset_are_seen() -> None:
    assert inspect("BASE <x> PREFIX : <y> ask{}", LIMITS).form == "ASK"
    assert not inspect("SELECT * { ?s ?p 'FROM' }", LIMITS).names_dataset
    assert inspect("CONSTRUCT { ?s ?p ?o } FROM <x> { ?s ?p ?o }", LIMITS).names_dataset
    assert inspect("DESCRIBE ?s FROM NAMED <x> { GRAPH <x> { ?s ?p ?o } }", LIMITS).names_dataset


@given(st.text(alphabet="<>{}()'\"\\#?ab:.@1 \nSERVICEservice", max_size=60))
def test_every_text_is_covered_by_tokens_or_refused(text: str) -> None:
    try:
        found = list(tokens(text))
    except (RefusedError, SyntaxRefusal):
        return
    assert all(text[token.start : token.end] == token.text for token in found)
    assert all(one.end <= two.start for one, two in pairwise(found))


def _csv() -> object:
    from pyoxigraph import QueryResultsFormat

    return QueryResultsFormat.CSV


@pytest.fixture
def listener() -> Iterator[tuple[str, list[int]]]:
    """A port of loopback that counts who calls."""
    calls: list[int] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)

        def count() -> None:
            while True:
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                calls.append(1)
                client.close()

        thread = threading.Thread(target=count, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", calls
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)
