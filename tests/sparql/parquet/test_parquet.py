"""Answers as Parquet say what the same answers say as JSON, in types that tools compute with."""

from __future__ import annotations

import io
import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, QueryResultsFormat, QuerySolutions, Store

from kamara.sparql.parquet import Scratch, write_parquet
from kamara.sparql.terms import XSD

Term = tuple[str, str] | None
NOON = "2016-04-08T12:00:00"
SCRATCH = Scratch(None, 1 << 30)
LANGUAGES = ("el", "en", "en-gb")


def values(*terms: str) -> str:
    """A query whose only column holds the terms."""
    return f"PREFIX xsd: <{XSD}> SELECT * {{ VALUES ?x {{ {' '.join(terms)} }} }}"


def asked(query: str) -> QuerySolutions:
    found = Store().query(query)
    assert isinstance(found, QuerySolutions)
    return found


def parquet(query: str) -> pq.ParquetFile:
    written = io.BytesIO()
    rows = write_parquet(asked(query), written, SCRATCH)
    opened = pq.ParquetFile(io.BytesIO(written.getvalue()))
    assert opened.metadata.num_rows == rows
    return opened


def stored(query: str) -> str:
    """The type of the column `x`."""
    return str(parquet(query).schema_arrow.field("x").type)


def terms_of_json(query: str) -> list[Term]:
    """The column `x` as (type, text), read out of the JSON answer."""
    written = asked(query).serialize(format=QueryResultsFormat.JSON)
    assert written is not None
    return [_term(row["x"]) if "x" in row else None for row in json.loads(written)["results"]["bindings"]]


def _term(node: dict[str, str]) -> Term:
    if node["type"] != "literal":
        return {"uri": "iri", "bnode": "bnode"}[node["type"]], node["value"]
    language = node.get("xml:lang")
    return f"@{language}" if language else node.get("datatype", XSD + "string"), node["value"]


def terms_of_parquet(query: str) -> list[tuple[str, object] | None]:
    """The column `x` as (type, value), read out of the Parquet file."""
    table = parquet(query).read()
    told = (table.schema.field("x").metadata or {}).get(b"term", b"").decode()
    found = table.column("x").to_pylist()
    kinds = table.column("x:type").to_pylist() if "x:type" in table.column_names else [told] * len(found)
    return [None if value is None else (kind, value) for kind, value in zip(kinds, found, strict=True)]


def same(text: str, value: object) -> bool:
    """Whether a value of Python is what the text of a literal says."""
    match value:
        case bool():
            return text == str(value).lower()
        case int() | Decimal():
            return Decimal(text) == value
        case float():
            return float(text.replace("INF", "inf")) == value or (text == "NaN" and math.isnan(value))
        case datetime():
            told = datetime.fromisoformat(text)
            return told == value and (told.tzinfo is None) == (value.tzinfo is None)
        case date():
            return text == value.isoformat()
    return text == value


def assert_same(query: str) -> None:
    for told, held in zip(terms_of_json(query), terms_of_parquet(query), strict=True):
        if told is None or held is None:
            assert told is held is None
        else:
            assert told[0] == held[0]
            assert same(told[1], held[1]), (told, held)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (("1", "-20", "'7'^^xsd:int"), "int64"),
        (("1.5", "-20.125", "3"), "decimal128(38, 3)"),
        (("1e0", "'INF'^^xsd:double", "'NaN'^^xsd:double"), "double"),
        (("'1.5'^^xsd:float",), "float"),
        (("true", "false", "UNDEF"), "bool"),
        (("'2016-04-08'^^xsd:date", "UNDEF"), "date32[day]"),
        ((f"'{NOON}.5+03:00'^^xsd:dateTime", f"'{NOON}Z'^^xsd:dateTime"), "timestamp[us, tz=UTC]"),
        ((f"'{NOON}'^^xsd:dateTime",), "timestamp[us]"),
        (("'Λευκός Πύργος'@el", "'White Tower'@en"), "string"),
        (("<urn:a>", "'a'"), "string"),
        (("1", "1e0"), "string"),
        (("1", "'one'"), "string"),
        (("1234567890123456789",), "string"),
        (("'2016-02-30'^^xsd:date",), "string"),
        (("'2016-04-08Z'^^xsd:date",), "string"),
        ((f"'{NOON}Z'^^xsd:dateTime", f"'{NOON}'^^xsd:dateTime"), "string"),
        (("'0x10'^^xsd:integer",), "string"),
        (("'2016'^^xsd:gYear",), "string"),
        (("UNDEF",), "string"),
    ],
)  # fmt: skip
def test_a_column_has_the_type_that_holds_every_value(terms: tuple[str, ...], expected: str) -> None:
    query = values(*terms)
    assert stored(query) == expected
    assert_same(query)


LITERALS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20).map(Literal),
    st.tuples(st.text(max_size=5, alphabet='ab"\\\t\n\r@^<>'), st.sampled_from(LANGUAGES)).map(
        lambda pair: Literal(pair[0], language=pair[1])
    ),
    st.integers(-(10**19), 10**19).map(Literal),
    st.decimals(places=4, min_value=-(10**9), max_value=10**9).map(
        lambda number: Literal(f"{number:f}", datatype=NamedNode(XSD + "decimal"))
    ),
    st.floats(width=32).map(Literal),
    st.booleans().map(Literal),
    st.dates(min_value=date(1, 1, 1)).map(
        lambda day: Literal(day.isoformat(), datatype=NamedNode(XSD + "date"))
    ),
    st.datetimes(min_value=datetime(1, 1, 2), timezones=st.sampled_from([None, UTC])).map(
        lambda moment: Literal(moment.isoformat(), datatype=NamedNode(XSD + "dateTime"))
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(LITERALS, st.just(NamedNode("http://example.org/α"))), min_size=1, max_size=6))
def test_every_term_comes_back(terms: list[Literal | NamedNode]) -> None:
    assert_same(values(*(str(term) for term in terms)))


def test_columns_keep_their_names_and_order_and_each_value_its_row() -> None:
    table = parquet("SELECT ?b ?a { VALUES (?a ?b) { (1 'x') (2 UNDEF) (UNDEF 3) } }").read()
    assert table.column_names == ["b", "b:type", "a"]
    assert table.to_pylist() == [
        {"b": "x", "b:type": XSD + "string", "a": 1},
        {"b": None, "b:type": None, "a": 2},
        {"b": "3", "b:type": XSD + "integer", "a": None},
    ]


@pytest.mark.parametrize("query", ["SELECT ?x { FILTER(false) }", "SELECT * {}"])
def test_an_answer_without_rows_or_columns_is_a_file_too(query: str) -> None:
    assert parquet(query).read().to_pylist() == []


def test_a_large_answer_comes_in_row_groups_of_one_type() -> None:
    digits = " ".join(str(digit) for digit in range(10))
    blocks = " ".join(f"VALUES ?d{place} {{ {digits} }}" for place in range(5))
    number = " + ".join(f"?d{place} * {10**place}" for place in range(5))
    # One number alone is not whole: the column's type is known when the last row has been seen.
    some = f"BIND({number} AS ?whole) BIND(IF(?whole = 99999, 0.5, ?whole) AS ?x) BIND(-?whole AS ?less)"
    found = parquet(f"SELECT ?whole ?x ?less {{ {blocks} {some} }}")
    assert found.num_row_groups > 1
    assert found.metadata.num_rows == 100_000
    assert str(found.schema_arrow.field("x").type) == "decimal128(38, 1)"
    assert sum(found.read(["whole"]).column("whole").to_pylist()) == sum(range(100_000))


def test_the_same_answer_is_the_same_bytes() -> None:
    one, two = io.BytesIO(), io.BytesIO()
    for written in (one, two):
        write_parquet(asked(values("1", "'α'@el", "UNDEF")), written, SCRATCH)
    assert one.getvalue() == two.getvalue()


def test_rows_that_take_too_much_room_are_refused(tmp_path: Path) -> None:
    numbers = values(*(str(number) for number in range(2000)))
    with pytest.raises(ValueError, match="spool_mb"):
        write_parquet(asked(numbers), io.BytesIO(), Scratch(tmp_path, 1000))
    assert write_parquet(asked(numbers), io.BytesIO(), Scratch(tmp_path, 100_000)) == 2000
    assert list(tmp_path.iterdir()) == []
