"""Researchers' Python: SPARQLWrapper, rdflib's SPARQLStore and pandas, as they are installed."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from urllib.parse import urlencode
from urllib.request import urlopen

import httpx
import pandas
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, RDFS, XSD
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import (
    CSV,
    GET,
    JSON,
    JSONLD,
    N3,
    POST,
    POSTDIRECTLY,
    RDFXML,
    TSV,
    TURTLE,
    URLENCODED,
    XML,
    SPARQLWrapper,
)
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed
from support.budget import Budget

BASE = "https://data.thessaloniki.gr/"
LABELS = (
    "SELECT ?thing ?label { ?thing <http://www.w3.org/2004/02/skos/core#prefLabel> ?label "
    f'FILTER(LANG(?label) = "el" && STRSTARTS(STR(?thing), "{BASE}code/")) }} ORDER BY ?thing LIMIT 25'
)
ORGANIZATION = URIRef(f"{BASE}id/organization/6114")


@pytest.fixture
def wrapper(server: str) -> SPARQLWrapper:
    made = SPARQLWrapper(f"{server}/sparql", agent="kamara tests")
    made.setTimeout(60)
    return made


@pytest.fixture
def store(server: str) -> SPARQLStore:
    return SPARQLStore(f"{server}/sparql", returnFormat="json")


def values(wrapper: SPARQLWrapper) -> list[tuple[str, str]]:
    """Thing and label of each row of LABELS, from JSON."""
    wrapper.setReturnFormat(JSON)
    bindings = wrapper.queryAndConvert()["results"]["bindings"]
    return [(row["thing"]["value"], row["label"]["value"]) for row in bindings]


@pytest.mark.parametrize(
    ("method", "how"), [(GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)], ids=str
)
def test_sparqlwrapper_asks_in_three_ways(wrapper: SPARQLWrapper, method: str, how: str) -> None:
    wrapper.setMethod(method)
    wrapper.setRequestMethod(how)
    wrapper.setQuery(LABELS)
    found = values(wrapper)
    assert len(found) == 25
    assert found == sorted(found)
    assert all(label.strip() for _, label in found)


def test_sparqlwrapper_reads_every_format_of_rows_alike(wrapper: SPARQLWrapper) -> None:
    wrapper.setQuery(LABELS)
    expected = values(wrapper)
    wrapper.setReturnFormat(XML)
    rows = wrapper.queryAndConvert().toxml()
    assert all(thing in rows for thing, _ in expected)
    wrapper.setReturnFormat(CSV)
    read = list(csv.reader(io.StringIO(wrapper.queryAndConvert().decode())))
    assert read == [["thing", "label"], *map(list, expected)]
    wrapper.setReturnFormat(TSV)
    lines = wrapper.queryAndConvert().decode().splitlines()
    assert lines == ["?thing\t?label", *(f'<{thing}>\t"{label}"@el' for thing, label in expected)]


@pytest.mark.parametrize("kind", [TURTLE, N3, RDFXML, JSONLD, XML], ids=str)
def test_sparqlwrapper_reads_every_format_of_graphs(wrapper: SPARQLWrapper, kind: str) -> None:
    wrapper.setQuery(f"DESCRIBE <{ORGANIZATION}>")
    wrapper.setReturnFormat(kind)
    found = wrapper.queryAndConvert()
    graph = found if isinstance(found, Graph) else Graph().parse(data=found, format="turtle")
    assert (ORGANIZATION, RDF.type, None) in graph
    names = {str(name) for name in graph.objects(ORGANIZATION, RDFS.label)}
    assert "Δήμος Θεσσαλονίκης" in names


def test_sparqlwrapper_tells_a_fault_of_syntax(wrapper: SPARQLWrapper) -> None:
    wrapper.setQuery("SELECT ?x { ?x")
    with pytest.raises(QueryBadFormed, match="syntax"):
        wrapper.query()


def test_sparqlwrapper_names_the_graph_that_it_asks(wrapper: SPARQLWrapper) -> None:
    wrapper.setQuery("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    wrapper.setReturnFormat(JSON)

    def count() -> int:
        return int(wrapper.queryAndConvert()["results"]["bindings"][0]["n"]["value"])

    everything = count()
    wrapper.addDefaultGraph(f"{BASE}graph/organizations")
    assert 0 < count() < everything


def test_rdflib_reads_a_remote_graph(store: SPARQLStore) -> None:
    graph = Graph(store)
    assert (ORGANIZATION, RDFS.label, Literal("Δήμος Θεσσαλονίκης", lang="el")) in graph
    kinds = set(graph.objects(ORGANIZATION, RDF.type))
    assert kinds
    assert ORGANIZATION in set(graph.subjects(RDF.type, next(iter(kinds))))


def test_rdflib_asks_with_bindings(store: SPARQLStore) -> None:
    graph = Graph(store)
    graph.bind("rdfs", RDFS)
    found = graph.query(
        "SELECT ?name { ?thing rdfs:label ?name } ORDER BY ?name", initBindings={"thing": ORGANIZATION}
    )
    names = [row["name"] for row in found]
    assert Literal("Δήμος Θεσσαλονίκης", lang="el") in names
    assert {name.language for name in names} >= {"el", "en"}
    assert graph.query(f"ASK {{ <{ORGANIZATION}> ?p ?o }}").askAnswer


def test_rdflib_counts_what_the_store_holds(store: SPARQLStore, sample_budget: Budget) -> None:
    (row,) = Graph(store).query("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert row[0] == Literal(len(sample_budget.store), datatype=XSD.integer)


def test_pandas_sums_the_budget_as_its_files_do(server: str, sample_budget: Budget) -> None:
    day = sample_budget.days("expenditure")[-1]
    frame = pandas.read_csv(f"{server}/query/budget-as-of.csv?{urlencode({'day': day})}")
    assert list(frame.columns) == ["side", "phase", "total", "lines"]
    spent = frame[frame["side"].str.endswith("expenditure") & frame["phase"].str.endswith("executed")]
    assert Decimal(str(spent["total"].iloc[0])) == sample_budget.totals("expenditure", day)["executed"]


def test_pandas_reads_greek_and_empty_fields(server: str) -> None:
    query = 'SELECT * { VALUES (?name ?none ?n) { ("Άγιος, ""Δημήτριος""" UNDEF 1) ("β\\nγ" 2.5 2) } }'
    query = query.replace('""Δημήτριος""', '\\"Δημήτριος\\"')
    address = f"{server}/sparql?{urlencode({'query': query, 'format': 'csv'})}"
    frame = pandas.read_csv(address, compression=None)
    assert list(frame["name"]) == ['Άγιος, "Δημήτριος"', "β\nγ"]
    assert list(frame["none"].isna()) == [True, False]
    assert frame["n"].sum() == 3


def test_urllib_reads_packed_and_plain_alike(server: str) -> None:
    address = f"{server}/sparql?{urlencode({'query': LABELS, 'format': 'tsv'})}"
    with urlopen(address, timeout=60) as answer:
        plain = answer.read()
    assert httpx.get(address, headers={"Accept-Encoding": "gzip, zstd"}, timeout=60).content == plain
