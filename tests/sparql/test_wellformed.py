"""What the engine writes as XML either parses, or is seen before it is sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from pyoxigraph import (
    Literal,
    NamedNode,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    Store,
    Triple,
    serialize,
)

from kamara.sparql.wellformed import MalformedError, XmlWatch

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def written(predicate: str, value: str = "x") -> bytes:
    """RDF/XML of one triple, as the engine writes it."""
    triple = Triple(NamedNode("urn:s"), NamedNode(predicate), Literal(value))
    out = serialize([triple], format=RdfFormat.RDF_XML)
    assert out is not None
    return out


def is_let_through(data: bytes, size: int = 1 << 16) -> bool:
    watch = XmlWatch()
    try:
        for start in range(0, len(data), size):
            watch.feed(data[start : start + size])
    except MalformedError:
        return False
    return True


def parses(data: bytes) -> bool:
    parser = etree.XMLParser(recover=False)
    try:
        etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        # libxml2 asks of a namespace to be a URI; Greek letters in it are an IRI, and no fault of XML.
        return all("is not a valid URI" in fault.message for fault in parser.error_log)
    return True


@pytest.mark.parametrize(
    "predicate",
    [
        "urn:p:1",
        "http://x/",
        "http://x/a(b)",
        "http://x/123",
        f"{RDF}bagID",
        "http://www.w3.org/2000/xmlns/p",
    ],
)
def test_a_predicate_without_a_name_is_seen(predicate: str) -> None:
    assert not is_let_through(written(predicate))


def test_a_namespace_in_greek_hides_no_other_fault() -> None:
    assert parses(written("http://x/ά/A"))
    assert not parses(written("http://x/\u00a0A", "\x08"))


@pytest.mark.parametrize("predicate", ["urn:p:a", f"{RDF}type", f"{RDF}_1", "http://x/όνομα", "http://x/a:b"])
def test_a_predicate_with_a_name_passes(predicate: str) -> None:
    assert is_let_through(written(predicate))


@pytest.mark.parametrize("value", ["\x00", "\x01", "\x1f", "\ufffe", "\uffff"])
def test_a_character_that_xml_cannot_hold_is_seen(value: str) -> None:
    assert not is_let_through(written("urn:p:a", value))


def test_text_that_looks_like_a_broken_tag_passes() -> None:
    assert is_let_through(written("urn:p:a", "<oxprefix: a> <rdf:bagID> <xmlns:a>\t\r\n\x7f"))


@given(st.integers(min_value=1, max_value=400))
def test_it_is_seen_wherever_the_pieces_are_cut(size: int) -> None:
    assert not is_let_through(written("urn:p:1"), size)
    assert not is_let_through(written("urn:p:a", "long " * 50 + "\ufffe"), size)
    assert is_let_through(written("urn:p:a", "ω<&>" * 100), size)


@given(st.text(max_size=8), st.text(st.characters(codec="utf-8"), max_size=8))
def test_what_passes_parses(local: str, value: str) -> None:
    try:
        data = written(f"http://x/{local}", value)
    except ValueError:
        return  # no IRI
    except OSError as error:
        assert "RDF/XML" in str(error)
        return
    assert is_let_through(data) == parses(data)


@given(st.text(st.characters(codec="utf-8"), max_size=8))
def test_results_as_xml_parse_when_they_pass(value: str) -> None:
    store = Store()
    written_as = "".join(f"\\U{ord(char):08X}" for char in value)
    rows = store.query(f"SELECT ('{written_as}' AS ?x) {{}}")
    assert isinstance(rows, QuerySolutions)
    data = rows.serialize(format=QueryResultsFormat.XML)
    assert data is not None
    assert is_let_through(data) == parses(data)
