"""An endpoint's answer becomes a VALUES block that says the same, or is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, Store

from kamara.sparql.errors import ServiceError
from kamara.sparql.service.rows import values

XSD = "http://www.w3.org/2001/XMLSchema#"
SIMPLE = st.text(st.characters(codec="utf-8"), max_size=12)
TERMS = st.one_of(
    SIMPLE.map(Literal),
    SIMPLE.map(lambda text: Literal(text, language="el")),
    SIMPLE.map(lambda text: Literal(text, datatype=NamedNode(f"{XSD}token"))),
    st.integers().map(Literal),
    st.sampled_from(["urn:a", "http://x/όνομα", "http://x/?q=a'b(c)"]).map(NamedNode),
)


def block(answer: object, most: int = 100) -> str:
    return values(json.dumps(answer).encode(), "http://x/", "urn:genid:", most)


def one(term: object) -> dict[str, object]:
    return {"head": {"vars": ["a"]}, "results": {"bindings": [{"a": term}]}}


def rows(text: str) -> QuerySolutions:
    found = Store().query(text)
    assert isinstance(found, QuerySolutions)
    return found


@given(st.lists(st.tuples(TERMS, st.none() | TERMS), max_size=6))
def test_what_the_engine_writes_comes_back_the_same(table: list[tuple[object, object]]) -> None:
    written = " ".join(f"({one} {two if two is not None else 'UNDEF'})" for one, two in table)
    query = f"SELECT * {{ VALUES (?a ?b) {{ {written} }} }}"
    answer = rows(query).serialize(format=QueryResultsFormat.JSON)
    assert answer is not None
    again = rows(f"SELECT * {{ {values(answer, 'http://x/', 'urn:genid:', 100)} }}")
    assert [(row["a"], row["b"]) for row in again] == table


def test_no_variables_keep_their_number_of_solutions() -> None:
    answer = {"head": {"vars": []}, "results": {"bindings": [{}, {}]}}
    assert len(list(rows(f"SELECT * {{ {block(answer)} }}"))) == 2


def test_a_blank_node_keeps_its_identity_within_the_answer() -> None:
    told = [{"a": {"type": "bnode", "value": label}} for label in ("x", "y", "x")]
    text = block({"head": {"vars": ["a"]}, "results": {"bindings": told}})
    found = [row["a"] for row in rows(f"SELECT * {{ {text} }}")]
    assert found[0] == found[2] != found[1]


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"head": {}, "boolean": True},
        {"head": {"vars": ["a) { } } LOAD"]}, "results": {"bindings": []}},
        {"head": {"vars": ["a", "a"]}, "results": {"bindings": []}},
        one({"type": "uri", "value": "http://x/> } { SERVICE <http://y/"}),
        one({"type": "uri", "value": "relative"}),
        one({"type": "literal", "value": "x", "xml:lang": "el } "}),
        one({"type": "literal", "value": "x", "datatype": "urn:a>"}),
        one({"type": "literal", "value": 7}),
        one({"type": "literal", "value": "\ud800"}),
        one({"type": "triple", "value": {}}),
        one("text"),
        {"head": {"vars": ["a"]}, "results": {"bindings": ["a"]}},
        {"head": {"vars": []}, "results": {"bindings": [{}] * 101}},
    ],
)
def test_what_could_break_out_or_is_no_answer_is_refused(answer: object) -> None:
    with pytest.raises(ServiceError):
        block(answer)


def test_deep_json_is_refused() -> None:
    with pytest.raises(ServiceError):
        values(b"[" * 100_000, "http://x/", "urn:genid:", 10)


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_read(answer: bytes) -> None:
    with pytest.raises(ServiceError):
        values(answer, "http://x/", "urn:genid:", 10)
