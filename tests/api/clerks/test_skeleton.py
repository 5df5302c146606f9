"""Whatever the guard says of a query it says of every other one with its skeleton."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from kamara.api.clerks.skeleton import skeleton
from kamara.api.gateway.querytag import is_fickle
from kamara.config import QuerySettings
from kamara.errors import KamaraError
from kamara.sparql.guard import inspect
from kamara.sparql.lexer import tokens

LIMITS = QuerySettings()
SIGNS = [
    *["SELECT * { ", " }", "{", "}", "(", ")", ".", " . ", ";", ",", "?s ", "?p", " a ", "<", ">", "=", "&&"],
    *[
        "ex:a",
        ":",
        "@el",
        "^^",
        "#",
        "\n",
        " ",
        "\t",
        "FILTER",
        "VALUES",
        "SERVICE ",
        "FROM ",
        "NOW()",
        "1",
        ".5",
    ],
    *["<http://a/>", "<urn:a>", "<http://a/#b>", "<http://a/1", '"', '"a"', '"a b"', '"#"', "'", '""', "\\"],
    *['" . <http://a/> "', "1", ".5", "PREFIX ex: ", "Ω"],
]
CONTENT = st.text(st.sampled_from("abΩ #.{}()<>;?:/1"), min_size=1, max_size=12)
ADDRESS = st.text(st.sampled_from("abΩ#.();?:/1'%"), max_size=12)


def verdict(text: str) -> object:
    try:
        query = inspect(text, LIMITS)
    except KamaraError as error:
        return type(error)
    return query.form, query.names_dataset, query.services, is_fickle(query)


def kinds(text: str) -> object:
    try:
        return [(token.kind, token.word) for token in tokens(text)]
    except KamaraError as error:
        return type(error)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    """Two texts that differ in what stands in some quotes and some addresses."""
    one, other = "", ""
    for part in draw(st.lists(st.sampled_from([*SIGNS, "STRING", "SUBJECT"]), max_size=14)):
        if part == "STRING":
            one, other = (f'{text}"{draw(CONTENT)}"' for text in (one, other))
        elif part == "SUBJECT":
            one, other = (f"{text}{{ <http://{draw(ADDRESS)}>" for text in (one, other))
        else:
            one, other = one + part, other + part
    return one, other


@settings(max_examples=600)
@given(pairs())
@example(('# " . "\n SELECT * { ?s ?p "a" }', '# " . "\n SELECT * { ?s ?p "b" }'))
@example(('SELECT * { ?s ?p "a" . <http://a> ?p "b" }', 'SELECT * { ?s ?p "} SERVICE" . <http://b> ?p "#" }'))
def test_one_skeleton_is_one_verdict(texts: tuple[str, str]) -> None:
    one, other = texts
    assume(skeleton(one) is not None)
    assume(skeleton(one) == skeleton(other))
    assert kinds(one) == kinds(other)
    assert verdict(one) == verdict(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('SELECT * { ?s ?p "a" }', 'SELECT * { ?s ?p "Καμάρα" }'),
        ("SELECT * { <http://a/1> ?p ?o }", "SELECT * { <http://a/2#x> ?p ?o }"),
        ("SELECT * { ?s ?p ?o .\n <http://a/1> ?p ?o }", "SELECT * { ?s ?p ?o .\n <https://b> ?p ?o }"),
    ],
)
def test_queries_that_differ_in_values_have_one(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT * { ?s <http://a/1> ?o }", "SELECT * { ?s <http://a/2> ?o }"),
        ("SELECT * { ?s ?p 1 }", "SELECT * { ?s ?p 2 }"),
        ("SELECT * { <http://a/1> ?p ?o }", "SELECT * { <urn:a> ?p ?o }"),
    ],
)
def test_other_queries_have_not(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@pytest.mark.parametrize("text", ["'a'", '""', '"""a"""', '"\\\\"', "SELECT * { ?s ?p 'a\"b' }"])
def test_where_it_cannot_be_told_there_is_none(text: str) -> None:
    assert skeleton(text) is None
