from __future__ import annotations

import pytest
from pyoxigraph import QueryResultsFormat

from kamara.errors import KamaraError
from kamara.sparql.formats import FORMATS, PARQUET, engine_format, formats_of, named, offers


def test_every_format_but_parquet_is_one_of_the_engine_of_its_kind() -> None:
    for item in (one for one in FORMATS if one is not PARQUET):
        assert isinstance(engine_format(item.media_type), QueryResultsFormat) == (item.kind == "table")


def test_names_and_media_types_are_told_apart_by_form() -> None:
    assert named("JSON", "SELECT").media_type == "application/sparql-results+json"
    assert named("application/json", "CONSTRUCT").name == "jsonld"
    assert offers("SELECT")["application/xml"].name == "xml"
    assert offers("DESCRIBE")["application/xml"].name == "rdf"


def test_the_favourites_come_first() -> None:
    assert formats_of("ASK")[0].name == "json"
    assert formats_of("DESCRIBE")[0].name == "ttl"


def test_a_format_of_the_other_kind_is_refused_with_those_that_fit() -> None:
    with pytest.raises(KamaraError, match="choose one of json, xml, csv, tsv, parquet"):
        named("ttl", "SELECT")


def test_only_the_rows_of_a_select_are_there_in_columns() -> None:
    assert named("parquet", "SELECT") is offers("SELECT")["application/vnd.apache.parquet"] is PARQUET
    for form in ("ASK", "CONSTRUCT", "DESCRIBE"):
        assert PARQUET not in formats_of(form)  # type: ignore[arg-type]
