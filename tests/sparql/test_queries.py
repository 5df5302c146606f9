from __future__ import annotations

from pathlib import Path

import pytest

from kamara.config import QuerySettings
from kamara.resources import bundled
from kamara.sparql.errors import ParameterError, QueryError
from kamara.sparql.guard import inspect
from kamara.sparql.queries import read_queries, read_query

HEADER = "# @question en How much?\n# @question el Πόσα;\n"


def saved(folder: Path, *parameters: str, header: str = HEADER) -> Path:
    path = folder / "sample.rq"
    lines = "".join(f"# @param {line}\n" for line in parameters)
    path.write_text(header + lines + "SELECT * { ?s ?p ?o }\n", encoding="utf-8")
    return path


def test_every_shipped_query_has_its_header_and_passes_the_guard() -> None:
    library = read_queries(bundled().queries)
    assert library
    for query in library.values():
        inspect(query.text, QuerySettings())
        assert query.bind({}).keys() == {
            one.name for one in query.parameters.values() if one.default is not None
        }


def test_a_header_gives_questions_and_typed_parameters(tmp_path: Path) -> None:
    query = read_query(saved(tmp_path, "day xsd:date 2016-04-08 Day / Ημέρα"))
    assert query.name == "sample"
    assert query.question == {"en": "How much?", "el": "Πόσα;"}
    assert query.parameters["day"].label == {"en": "Day", "el": "Ημέρα"}
    assert query.bind({}) == {"day": '"2016-04-08"^^<http://www.w3.org/2001/XMLSchema#date>'}


def test_an_optional_parameter_has_no_value_until_one_is_given(tmp_path: Path) -> None:
    optional = HEADER + "# @optional day xsd:date Day (empty: any) / Ημέρα (κενό: οποιαδήποτε)\n"
    query = read_query(saved(tmp_path, header=optional))
    assert query.parameters["day"].default is None
    assert query.parameters["day"].label == {"en": "Day (empty: any)", "el": "Ημέρα (κενό: οποιαδήποτε)"}
    assert query.bind({}) == {}
    assert query.bind({"day": "2016-04-08"}) == {
        "day": '"2016-04-08"^^<http://www.w3.org/2001/XMLSchema#date>'
    }
    with pytest.raises(ParameterError, match="is not a day"):
        query.bind({"day": "yesterday"})


@pytest.mark.parametrize(
    ("datatype", "default", "good", "term", "bad"),
    [
        (
            "xsd:date",
            "2016-04-08",
            "2016-04-05",
            '"2016-04-05"^^<http://www.w3.org/2001/XMLSchema#date>',
            "2016-4-5",
        ),
        ("xsd:integer", "1", "-12", '"-12"^^<http://www.w3.org/2001/XMLSchema#integer>', "1.5"),
        ("xsd:decimal", "1", "1.50", '"1.50"^^<http://www.w3.org/2001/XMLSchema#decimal>', "1,5"),
        ("xsd:gYear", "2016", "2017", '"2017"^^<http://www.w3.org/2001/XMLSchema#gYear>', "17"),
        ("xsd:string", "x", 'a "quote"', '"a \\"quote\\""', "x" * 1001),
        ("iri", "urn:a", "http://x/α", "<http://x/α>", "http://x/> } #"),
    ],
)
def test_values_are_checked_by_datatype(
    *, tmp_path: Path, datatype: str, default: str, good: str, term: str, bad: str
) -> None:
    query = read_query(saved(tmp_path, f"value {datatype} {default} Value / Τιμή"))
    assert query.bind({"value": good}) == {"value": term}
    with pytest.raises(ParameterError, match="parameter value: "):
        query.bind({"value": bad})


def test_an_unknown_parameter_is_named_with_those_there_are(tmp_path: Path) -> None:
    query = read_query(saved(tmp_path, "day xsd:date 2016-04-08 Day / Ημέρα"))
    with pytest.raises(ParameterError, match="no parameter `dya`; its parameters: day"):
        query.bind({"dya": "2016-04-08"})


@pytest.mark.parametrize(
    ("parameters", "header", "complaint"),
    [
        ([], "# @question en Only English?\n", "in en and in el"),
        (["day xsd:dat 2016-04-08 Day / Ημέρα"], HEADER, "datatype xsd:dat"),
        (["day xsd:date yesterday Day / Ημέρα"], HEADER, "the default"),
        (["day xsd:date"], HEADER, "not understood"),
        ([], HEADER + "# @optional day xsd:dat Day / Ημέρα\n", "datatype xsd:dat"),
        ([], HEADER + "# @optional day xsd:date\n", "not understood"),
    ],
)
def test_a_wrong_header_is_told_with_its_place(
    tmp_path: Path, parameters: list[str], header: str, complaint: str
) -> None:
    with pytest.raises(QueryError, match=f"sample.rq.*{complaint}"):
        read_query(saved(tmp_path, *parameters, header=header))


def test_addresses_move_to_the_configured_base(tmp_path: Path) -> None:
    path = tmp_path / "a.rq"
    path.write_text(HEADER + "ASK { <https://data.thessaloniki.gr/id/x> ?p ?o }", encoding="utf-8")
    assert "<https://example.org/id/x>" in read_query(path, "https://example.org/").text
