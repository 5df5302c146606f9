"""The count of rows holds whatever stands in the values and wherever the pieces are cut."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import (
    Literal,
    NamedNode,
    Quad,
    QueryResultsFormat,
    QuerySolutions,
    Store,
)

from kamara.sparql.pool.rows import counter

FORMATS = [QueryResultsFormat.JSON, QueryResultsFormat.XML, QueryResultsFormat.CSV, QueryResultsFormat.TSV]
NASTY = st.text(st.sampled_from('a"\\{}[],:\r\n<>result/&;\'"\t'), max_size=12) | st.sampled_from(
    ['},{"v":{"', '},{"v":{"type":"', ",{},", "{}", '"bindings":[{}', "\\", '\\"', "<result>", '\r\n"']
)


@pytest.mark.parametrize("chosen", FORMATS, ids=lambda one: str(one.file_extension))
@given(values=st.lists(NASTY, max_size=6), unbound=st.integers(0, 3), cut=st.integers(1, 40))
def test_rows_are_counted_as_the_engine_made_them(
    chosen: QueryResultsFormat, values: list[str], unbound: int, cut: int
) -> None:
    store = Store()
    for number, value in enumerate(values):
        store.add(Quad(NamedNode(f"urn:s:{number}"), NamedNode("urn:p"), Literal(value)))
    query = "SELECT ?v ?type ?w { { ?x <urn:p> ?v BIND(?v AS ?w) } UNION { ?x <urn:p> ?type } %s }"
    text = query % ("UNION { }" * unbound)
    expected = 2 * len(values) + unbound
    solutions = store.query(text)
    assert isinstance(solutions, QuerySolutions)
    counting = counter(chosen, [variable.value for variable in solutions.variables])
    out = io.BytesIO()
    solutions.serialize(out, chosen)
    content = out.getvalue()
    for at in range(0, len(content), cut):
        counting.feed(content[at : at + cut])
    assert counting.rows == expected


@pytest.mark.parametrize("chosen", FORMATS, ids=lambda one: str(one.file_extension))
@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("SELECT * {}", 1),
        ("SELECT ?x {}", 1),
        ("SELECT ?x { FILTER(false) }", 0),
        ("SELECT ?x ?y { VALUES (?x ?y) { (UNDEF 1) (UNDEF UNDEF) (2 3) } }", 3),
        ("SELECT ?subject { BIND(<<( <a:b> <c:d> 1 )>> AS ?subject) }", 1),
        ('SELECT ?vars ?bindings { VALUES (?vars ?bindings) { ("[{" "{}") (1 2) } }', 2),
    ],
)
def test_edges_are_counted(chosen: QueryResultsFormat, text: str, rows: int) -> None:
    solutions = Store().query(text)
    assert isinstance(solutions, QuerySolutions)
    counting = counter(chosen, [variable.value for variable in solutions.variables])
    out = io.BytesIO()
    solutions.serialize(out, chosen)
    counting.feed(out.getvalue())
    assert counting.rows == rows
