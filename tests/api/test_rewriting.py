"""A rewrite passes the guard, and the engine runs it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Store

from kamara.api.rewriting import Rewriter
from kamara.config import QuerySettings
from kamara.sparql.errors import DeadlineError, MemoryLimitError, QueryError, ServiceError
from kamara.sparql.guard import inspect

LIMITS = QuerySettings()
REWRITER = Rewriter(
    LIMITS, {"foaf": "http://xmlns.com/foaf/0.1/", "skos": "http://www.w3.org/2004/02/skos/core#"}
)
LATE = DeadlineError("late")


def helped(text: str, limits: QuerySettings = LIMITS) -> str:
    """The rewrite of what the guard refuses."""
    with pytest.raises(QueryError) as refused, Rewriter(limits, REWRITER._namespaces).helping(text):
        inspect(text, limits)
    return refused.value.rewrite


@pytest.mark.parametrize(
    ("query", "rewrite"),
    [
        ("ASK { ?s ?p ?o SERVICE <http://x/> { ?s ?q 'a}' } }", "ASK { ?s ?p ?o  }"),
        ("ASK { SERVICE SILENT ?x { SERVICE <http://x/> { } } ?s ?p ?o }", "ASK {  ?s ?p ?o }"),
        (
            "ASK { ?s foaf:name ?o ; skos:note 1 }",
            "PREFIX foaf: <http://xmlns.com/foaf/0.1/>\nPREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
            "ASK { ?s foaf:name ?o ; skos:note 1 }",
        ),
        ("ASK { ?s foaf:name ?o ; nope:note 1 }", ""),
        ("ASK { SERVICEx }", ""),
        ("CLEAR ALL", ""),
    ],
)
def test_what_the_guard_refuses_is_rewritten_where_it_can_be(query: str, rewrite: str) -> None:
    assert helped(query) == rewrite


@pytest.mark.parametrize(
    ("query", "rewrite"),
    [
        ("SELECT * { ?s ?p ?o } # all", "SELECT * { ?s ?p ?o } # all\nLIMIT 1000"),
        ("CONSTRUCT WHERE { ?s ?p ?o } OFFSET 5", "CONSTRUCT WHERE { ?s ?p ?o } OFFSET 5\nLIMIT 1000"),
        ("SELECT * { ?s ?p ?o } VALUES ?s { 1 }", "SELECT * { ?s ?p ?o }\nLIMIT 1000\nVALUES ?s { 1 }"),
        (
            "SELECT * { { SELECT DISTINCT ?s { ?s ?p ?o } LIMIT 5 } }",
            "SELECT * { { SELECT DISTINCT ?s { ?s ?p ?o } LIMIT 5 } }\nLIMIT 1000",
        ),
        ("SELECT * { ?s ?p ?o } LIMIT 5000", ""),
        ("SELECT DISTINCT ?s { ?s ?p ?o }", ""),
        ("SELECT * { ?s ?p ?o } ORDER BY ?s", ""),
        ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", ""),
        ("ASK { ?s ?p ?o }", ""),
    ],
)
def test_a_query_that_ran_too_long_gets_a_limit_where_that_helps(query: str, rewrite: str) -> None:
    assert REWRITER.rewrite(query, LATE) == rewrite
    assert REWRITER.rewrite(query, MemoryLimitError("much")) == rewrite
    if rewrite:
        Store().query(rewrite)


def test_an_endpoint_that_fails_may_be_called_silent() -> None:
    limits = QuerySettings(service_allow=("http://x/",))
    query = "SELECT * { SERVICE <http://x/> { ?s ?p ?o } service silent <http://x/> {} }"
    rewritten = Rewriter(limits, {}).rewrite(query, ServiceError("down"))
    assert rewritten == "SELECT * { SERVICE SILENT <http://x/> { ?s ?p ?o } service silent <http://x/> {} }"


@given(
    st.lists(
        st.sampled_from(
            [
                "SELECT",
                "*",
                "{",
                "}",
                "?s ?p ?o",
                "SERVICE",
                "<http://x/>",
                "foaf:a",
                "#",
                "\n",
                "'",
                "LIMIT",
                "1",
            ]
        ),
        max_size=14,
    ).map(" ".join),
    st.sampled_from([None, LATE, ServiceError("down")]),
)
def test_every_rewrite_passes_the_guard(text: str, error: QueryError | None) -> None:
    try:
        inspect(text, LIMITS)
    except QueryError as refused:
        error = refused
    rewritten = REWRITER.rewrite(text, error) if error else ""
    if rewritten:
        inspect(rewritten, LIMITS)
