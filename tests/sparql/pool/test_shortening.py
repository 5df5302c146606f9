"""Graphs are written with the prefixes of the query and of the site; what they say stays the same."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, parse, serialize
from support.graph import GRAPH, FixedVersions, publish

from kamara.config import Settings
from kamara.resources import DEFAULT_BASE, read_namespaces
from kamara.sparql.formats import named
from kamara.sparql.pool.blocking import BlockingPool
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.pool.shortening import Prefixes, shorten
from kamara.sparql.request import QueryRequest

SCHEMA = "https://schema.org/"
BENCH = f"{DEFAULT_BASE}id/bench/1"
ALL = "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } ORDER BY ?p"
MINE = f"PREFIX mine: <{SCHEMA}>\nPREFIX d: <{DEFAULT_BASE}id/>\n{ALL}"
QUADS = [
    Quad(NamedNode(BENCH), NamedNode(SCHEMA + "name"), Literal("Παγκάκι", language="el"), GRAPH),
    Quad(NamedNode(BENCH), NamedNode(f"{DEFAULT_BASE}def/since"), Literal(1997), GRAPH),
]


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlockingPool]:
    version = publish(tmp_path_factory.mktemp("versions"), QUADS)
    with BlockingPool(QueryPool(Settings(), FixedVersions(version))) as pool:
        yield pool


def written(pool: BlockingPool, query: str, chosen: str = "ttl", **options: object) -> str:
    asked = QueryRequest(query, named(chosen, "CONSTRUCT"), **options)  # type: ignore[arg-type]
    return pool.run(asked).read().decode()


def declared(turtle: str) -> dict[str, str]:
    lines = [line.split() for line in turtle.splitlines() if line.startswith("@prefix")]
    return {name.removesuffix(":"): iri[1:-1] for _, name, iri, _ in lines}


def triples(text: str, form: RdfFormat = RdfFormat.TURTLE) -> set[Triple]:
    return {quad.triple for quad in parse(text.encode(), form)}


def test_those_of_the_site_that_occur_are_declared_and_no_others(pool: BlockingPool) -> None:
    answer = written(pool, ALL)
    assert declared(answer) == {"schema": SCHEMA, "kam": f"{DEFAULT_BASE}def/"}
    assert f"<{BENCH}> kam:since 1997" in answer
    assert triples(answer) == {quad.triple for quad in QUADS}


def test_those_of_the_query_come_first(pool: BlockingPool) -> None:
    answer = written(pool, MINE)
    assert declared(answer) == {"mine": SCHEMA, "d": f"{DEFAULT_BASE}id/", "kam": f"{DEFAULT_BASE}def/"}
    assert 'mine:name "Παγκάκι"@el' in answer
    assert triples(answer) == {quad.triple for quad in QUADS}


def test_a_query_may_give_a_known_name_to_something_else(pool: BlockingPool) -> None:
    answer = written(pool, f"PREFIX schema: <urn:x:>\n{ALL}")
    assert declared(answer) == {"schema": "urn:x:", "kam": f"{DEFAULT_BASE}def/"}
    assert f"<{SCHEMA}name>" in answer


def test_describe_has_them_too(pool: BlockingPool) -> None:
    answer = pool.run(QueryRequest(f"PREFIX mine: <{SCHEMA}> DESCRIBE <{BENCH}>")).read().decode()
    assert declared(answer).keys() == {"mine", "kam"}


@pytest.mark.parametrize("query", [ALL, MINE])
def test_but_for_its_prefixes_the_answer_is_what_it_was(pool: BlockingPool, query: str) -> None:
    """In full: the bytes that the engine writes by itself."""
    expected = serialize([quad.triple for quad in reversed(QUADS)], format=RdfFormat.TURTLE)
    assert written(pool, ALL, in_full=True).encode() in (
        expected,
        serialize([quad.triple for quad in QUADS], format=RdfFormat.TURTLE),
    )
    assert written(pool, query, in_full=True) == written(pool, ALL, in_full=True)
    assert triples(written(pool, query)) == triples(written(pool, query, in_full=True))


def test_prefixes_that_are_given_take_the_place_of_the_sites(pool: BlockingPool) -> None:
    answer = written(pool, ALL, known_prefixes={"s": SCHEMA, "unseen": "urn:unseen/"})
    assert declared(answer) == {"s": SCHEMA}


def test_rdf_xml_declares_them(pool: BlockingPool) -> None:
    answer = written(pool, MINE, "rdf")
    assert "<mine:name" in answer
    assert "<kam:since" in answer
    assert triples(answer, RdfFormat.RDF_XML) == {quad.triple for quad in QUADS}


@pytest.mark.parametrize(
    "prefix", ["", "xml", "xmlns", "XmlX", "rdf", "its", "Παγκάκι", "a" * 60, "a.b-c_d", "a1"]
)
@pytest.mark.parametrize("namespace", [SCHEMA, "http://www.w3.org/2000/xmlns/", BENCH])
def test_no_prefix_of_a_query_makes_malformed_xml(pool: BlockingPool, prefix: str, namespace: str) -> None:
    answer = written(pool, f"PREFIX {prefix}: <{namespace}>\n{ALL}", "rdf")
    ElementTree.fromstring(answer)
    assert triples(answer, RdfFormat.RDF_XML) == {quad.triple for quad in QUADS}


@pytest.mark.parametrize("form", ["nt", "jsonld"])
def test_formats_without_prefixes_stay_as_they_were(pool: BlockingPool, form: str) -> None:
    assert written(pool, MINE, form) == written(pool, MINE, form, in_full=True)


def test_relative_and_escaped_namespaces_are_written_in_full(pool: BlockingPool) -> None:
    answer = written(pool, f"BASE <{SCHEMA}>\nPREFIX r: <name>\nPREFIX e: <urn:\\u0061:>\n{ALL}")
    assert declared(answer).keys() == {"schema", "kam"}


def test_what_only_comes_late_in_a_long_answer_is_written_in_full() -> None:
    def endless() -> Iterator[Triple]:
        for n in range(3000):
            predicate = "http://purl.org/dc/terms/title" if n == 2999 else SCHEMA + "name"
            yield Triple(NamedNode(BENCH), NamedNode(predicate), Literal(n))

    all_triples, prefixes = shorten(endless(), RdfFormat.TURTLE, {"own": {}, "known": None}, DEFAULT_BASE)
    assert prefixes == {"schema": SCHEMA}
    assert len(list(all_triples)) == 3000


def test_long_texts_are_not_held_back() -> None:
    """One that is longer than a piece ends the look ahead: the source is asked for no second."""

    def texts() -> Iterator[Triple]:
        yield Triple(NamedNode(BENCH), NamedNode(SCHEMA + "name"), Literal("x" * (1 << 17)))
        raise AssertionError("asked for more")

    _, prefixes = shorten(texts(), RdfFormat.TURTLE, {"own": {}, "known": None}, DEFAULT_BASE)
    assert prefixes == {"schema": SCHEMA}


IRIS = st.builds(
    lambda namespace, local: NamedNode(namespace + local),
    st.sampled_from([SCHEMA, "urn:x:", "http://e.org/a#", "http://e.org/", DEFAULT_BASE]),
    st.text("aZ1.-_~:/α,'()!$&*+;=@?", max_size=6),
)
TERMS = st.one_of(IRIS, st.builds(Literal, st.text(max_size=4), datatype=IRIS), st.integers().map(Literal))
NAMES = st.from_regex(r"([a-zα][a-zα0-9.-]{0,3}[a-z0-9])?", fullmatch=True)
OWN = st.dictionaries(NAMES, st.one_of(IRIS.map(lambda iri: iri.value), st.text(max_size=5)), max_size=4)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.builds(Triple, IRIS, IRIS, TERMS), max_size=5), OWN)
def test_whatever_the_prefixes_the_triples_come_back(graph: list[Triple], own: dict[str, str]) -> None:
    prefixes: Prefixes = {"own": own, "known": read_namespaces()}
    shortened, names = shorten(iter(graph), RdfFormat.TURTLE, prefixes, DEFAULT_BASE)
    text = serialize(shortened, format=RdfFormat.TURTLE, prefixes=names)
    assert text is not None
    assert {quad.triple for quad in parse(text, RdfFormat.TURTLE)} == set(graph)
