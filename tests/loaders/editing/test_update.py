"""Updates are read as the engine reads them; all but INSERT DATA and DELETE DATA is told apart."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.loaders.editing.change import applied
from kamara.loaders.editing.update import read_update
from kamara.loaders.errors import PayloadError, UnofferedError

BASE = "https://data.thessaloniki.gr/"
GRAPH = f"{BASE}graph/x"

names = st.sampled_from(["<urn:a>", "e:b", "e:c\\~d", "<relative>"])
literals = st.one_of(
    st.sampled_from(['"} ; CLEAR ALL #"', "'''a\n'b'''@el", "1", "01", "1.50", "true", '"#x"^^e:t', "-1e2"]),
    st.text(max_size=5).map(lambda text: str(ox.Literal(text))),
)
triples = st.tuples(names, names, st.one_of(names, literals)).map(" ".join)
operations = st.lists(
    st.tuples(st.sampled_from(["INSERT DATA", "delete data"]), st.lists(triples, min_size=1, max_size=4)),
    min_size=1,
    max_size=4,
)


def written(content: list[tuple[str, list[str]]]) -> str:
    parts = (
        f"{verb} {{ GRAPH <{GRAPH}> {{ {' . '.join(group)} }} }} # a comment: DROP ALL }}\n"
        for verb, group in content
    )
    return "PREFIX e: <http://e.example/#>\n" + " ;\n".join(parts)


@given(operations)
def test_an_update_does_what_the_engine_makes_of_it(content: list[tuple[str, list[str]]]) -> None:
    text, oracle = written(content), ox.Store()
    oracle.update(text, base_iri=BASE)
    update = read_update(text, BASE)
    assert update.graph == GRAPH
    assert applied(update.operations, ()) == sorted(f"{quad.triple} .\n" for quad in oracle)


@given(st.text(alphabet="INSERTDAinsertda <>{}[]();.\"'#\\\nGRAPH:_?@^1", max_size=60))
def test_any_text_is_an_update_or_is_refused(text: str) -> None:
    try:
        update = read_update(text, BASE)
    except (PayloadError, UnofferedError) as error:
        assert error.what
    else:
        assert update.graph


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (f"INSERT DATA {{\n GRAPH <{GRAPH}> {{\n  <urn:a> <urn:b> }} }}", "line 3"),
        ("\n\n CLEAR ALL", "line 3, column 2"),
        ("INSERT DATA {\n <urn:a> <urn:b> <urn:c> }", "line 2, column 2"),
        ("BASE <urn:x>\nINSERT DATA", "line 2, column 12"),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, place: str) -> None:
    with pytest.raises((PayloadError, UnofferedError)) as caught:
        read_update(text, BASE)
    assert caught.value.where == place
