"""What makes the planner slow is counted, and refused before the engine sees it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.config import QuerySettings
from kamara.sparql.errors import TooComplexError
from kamara.sparql.guard import inspect
from kamara.sparql.lexer import tokens
from kamara.sparql.parts import most_joined, operators

LIMITS = QuerySettings()
TRIPLE = "?a ?b 1."


def joined(query: str) -> int:
    return most_joined(list(tokens(query))).parts


@pytest.mark.parametrize(
    "query",
    [
        "ASK {" + TRIPLE * 300 + "}",
        "ASK { ?s ?p " + ",".join(["1"] * 300) + "}",
        "ASK { ?s ?p (" + " 1" * 300 + ") }",
        "ASK { ?s " + "/".join(["<a:p>"] * 300) + " ?o }",
        "ASK { ?s (" + "/".join(["<a:p>"] * 300) + ")* ?o }",
        "ASK {" + "[] <a:b> 1 ." * 300 + "}",
        "ASK {" + ("{" + TRIPLE * 30 + "}") * 10 + "}",
        "ASK {" + ("GRAPH ?g {" + TRIPLE * 30 + "}") * 10 + "}",
        "ASK {" + (TRIPLE * 30 + "{") * 10 + "}" * 10 + "}",
        "CONSTRUCT WHERE {" + TRIPLE * 300 + "}",
    ],
)
def test_a_join_that_would_take_minutes_to_plan_is_refused(query: str) -> None:
    with pytest.raises(TooComplexError, match="max_joined") as refused:
        inspect(query, LIMITS)
    assert refused.value.limit is not None
    assert refused.value.limit.name == "query.max_joined"
    assert refused.value.asked >= 300


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("ASK {" + "UNION".join(["{?s ?p 1}"] * 2000) + "}", "UNION"),
        ("ASK {" + "OPTIONAL{?a ?b 1}" * 2000 + "}", "OPTIONAL"),
        ("ASK {" + "MINUS{}" * 9000 + "}", "MINUS"),
        ("ASK { FILTER(" + "!" * 30000 + "true) }", "!"),
        ("ASK { FILTER(" + "||".join(["?x=1"] * 2000) + ") }", "|"),
        ("SELECT (" + "+".join(["1"] * 2000) + " AS ?x) {}", r"\+"),
    ],
)
def test_a_long_chain_is_refused_by_its_operator(query: str, name: str) -> None:
    with pytest.raises(TooComplexError, match=rf"`{name}` stands .*max_operators"):
        inspect(query, LIMITS)


@pytest.mark.parametrize(
    "query",
    [
        "ASK { VALUES ?x {" + " 1" * 20000 + "} }",
        "ASK { VALUES (?x ?y) {" + "(1 2)" * 5000 + "} }",
        "ASK { FILTER(1 IN (" + ",".join(["2"] * 20000) + ")) }",
        "ASK {" + "UNION".join(["{" + TRIPLE * 8 + "}"] * 300) + "}",
        "ASK {" + ("OPTIONAL {" + TRIPLE * 8 + "}") * 300 + "}",
        "CONSTRUCT {" + TRIPLE * 2000 + "} { ?s ?p ?o }",
        "SELECT (CONCAT(" + ",".join(["'a/b'"] * 5000) + ") AS ?x) {}",
        "ASK {" + ("{ SELECT * {" + TRIPLE * 60 + "} LIMIT 5 }") * 5 + "}",
    ],
)
def test_what_is_long_and_quick_passes(query: str) -> None:
    inspect(query, LIMITS)


def test_branches_are_joined_each_for_itself() -> None:
    one = "{" + TRIPLE * 10 + "}"
    assert joined("ASK {" + one + " UNION " + one + "}") == 11
    assert joined("ASK {" + one + one + "}") == 23
    assert joined("ASK { OPTIONAL " + one + " MINUS " + one + " FILTER EXISTS " + one + "}") == 11


@given(st.lists(st.sampled_from([*"{}()[].;,/", "?s", "1", "VALUES", "UNION", "SELECT"]), max_size=40))
def test_no_token_makes_more_than_two_parts(pieces: list[str]) -> None:
    found = list(tokens(" ".join(pieces)))
    assert most_joined(found).parts <= 2 * len(found)
    assert sum(operators(found).values()) <= len(found)
