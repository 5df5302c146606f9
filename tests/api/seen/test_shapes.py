"""A shape keeps what SPARQL and the vocabulary are, and nothing that somebody wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.api.seen.shapes import Shapes
from kamara.config import QuerySettings
from kamara.sparql.guard import inspect

NAME = "https://schema.org/name"
SHAPES = Shapes({NAME})
SECRET = "Anonymou"


def shape(text: str) -> str:
    return SHAPES.find(inspect(text, QuerySettings()))[0]


def digest(text: str) -> str:
    return SHAPES.find(inspect(text, QuerySettings()))[1]


def test_keywords_and_terms_stay() -> None:
    asked = "PREFIX s: <https://schema.org/> SELECT ?thing { ?thing a <urn:x> ; s:name 'Καμάρα'@el } LIMIT 20"
    assert shape(asked) == f'SELECT ?1 {{ ?1 a <…> ; <{NAME}> "…" @… }} LIMIT 0'


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT ?{SECRET} {{ ?{SECRET} a ?b }}",
        f"SELECT * {{ ?a ?b '{SECRET}' }}",
        f"SELECT * {{ ?a ?b '''{SECRET}'''@{SECRET} }}",
        f"SELECT * {{ <urn:{SECRET}> ?b ?c }}",
        f"PREFIX {SECRET}: <urn:{SECRET}:> SELECT * {{ {SECRET}:{SECRET} ?b ?c }}",
        f"BASE <urn:{SECRET}> SELECT * {{ <{SECRET}> ?b ?c }}",
        f"SELECT * {{ _:{SECRET} ?b ?c }} # {SECRET}",
        f"SELECT * {{ ?a ?b ?c }} {SECRET} {SECRET}",
        f"SELECT{SECRET}",
    ],
)
def test_nothing_that_a_person_wrote_is_left(text: str) -> None:
    assert SECRET.lower() not in shape(text).lower()


def test_queries_that_differ_in_values_alone_have_one_shape() -> None:
    one = "SELECT ?x { ?x <https://schema.org/name> 'Άγιος Δημήτριος' FILTER(?y > 5) } LIMIT 10"
    two = '# another\nselect ?place { ?place <https://schema.org/name> "Rotunda" FILTER(?n > 7.5) } LIMIT 3'
    assert digest(one) == digest(two)
    assert digest(one) != digest(one.replace("LIMIT 10", ""))


@given(st.text(st.characters(categories=["L", "N"]), min_size=4, max_size=12))
def test_no_text_of_a_query_reaches_its_shape(secret: str) -> None:
    assert shape(f'SELECT * {{ ?a ?b "{secret}" }}') == 'SELECT * { ?1 ?2 "…" }'
