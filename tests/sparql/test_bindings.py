from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, QueryBoolean, QuerySolutions, QueryTriples, Store
from support.graph import numbers

from kamara.config import QuerySettings
from kamara.sparql.bindings import bind
from kamara.sparql.errors import QueryError
from kamara.sparql.guard import inspect
from kamara.sparql.terms import XSD, literal

FIVE = literal("5", datatype=XSD + "integer")


def ask(text: str, **values: str) -> QuerySolutions | QueryBoolean | QueryTriples:
    store = Store()
    store.extend(numbers(10))
    return store.query(bind(inspect(text, QuerySettings()), values), use_default_graph_as_union=True)


def column(text: str, **values: str) -> list[str]:
    rows = ask(text, **values)
    assert isinstance(rows, QuerySolutions)
    return sorted(str(row[0].value) for row in rows)  # type: ignore[union-attr]


def test_a_value_reaches_a_filter_without_being_projected() -> None:
    assert column("SELECT ?n { ?s ?p ?n FILTER(?n > ?limit) }", limit=FIVE) == ["6", "7", "8", "9"]


def test_a_value_reaches_aggregates_and_subqueries() -> None:
    assert column("SELECT (COUNT(*) AS ?c) { ?s ?p ?n FILTER(?n < ?limit) }", limit=FIVE) == ["5"]
    nested = "SELECT ?c { { SELECT (COUNT(*) AS ?c) { ?s ?p ?n FILTER(?n < ?limit) } } }"
    assert column(nested, limit=FIVE) == ["5"]


def test_a_value_reaches_unions_optionals_exists_and_projection() -> None:
    assert column(
        "SELECT ?n { { BIND(?limit AS ?n) } UNION { ?s ?p ?n FILTER(?n = ?limit) } }", limit=FIVE
    ) == ["5", "5"]
    assert column(
        "SELECT ?n { ?s ?p ?n FILTER NOT EXISTS { ?s ?p ?m FILTER(?m != ?limit) } }", limit=FIVE
    ) == ["5"]
    assert column("SELECT ?limit {}", limit=FIVE) == ["5"]


def test_a_value_serves_ask_construct_and_describe() -> None:
    assert bool(ask("ASK { ?s ?p ?n FILTER(?n = ?limit) }", limit=FIVE))
    built = ask("CONSTRUCT { ?s <urn:is> ?limit } WHERE { ?s ?p ?limit }", limit=FIVE)
    assert [triple.object for triple in built] == [Literal(5)]  # type: ignore[union-attr]
    assert len(list(ask("DESCRIBE ?x WHERE { ?x ?p 1 }", x="<urn:s:1>"))) == 1  # type: ignore[arg-type]


def test_data_blocks_and_templates_stay_as_they_are() -> None:
    assert column("SELECT ?n { VALUES (?n) { (1) (5) } FILTER(?n = ?limit) }", limit=FIVE) == ["5"]


def test_a_query_without_a_group_takes_no_value() -> None:
    with pytest.raises(QueryError, match="no group"):
        ask("DESCRIBE <urn:s:1>", limit=FIVE)


@given(st.text(max_size=50))
def test_no_text_escapes_from_its_block(text: str) -> None:
    if any("\ud800" <= char <= "\udfff" for char in text):
        return
    assert column("SELECT ?v {}", v=literal(text)) == [text]
