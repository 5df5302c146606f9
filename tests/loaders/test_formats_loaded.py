"""Sources in JSON, XML and workbooks through the pipeline: what is good is published, what is bad is held."""

import openpyxl
import pytest
from support.town import edit, found_town

from kamara.loaders.errors import MappingError, OwnershipError
from kamara.loaders.quarantine import held_in
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog

NAME = "<http://www.w3.org/2000/01/rdf-schema#label>"
BENCH = "https://data.thessaloniki.gr/id/bench/"


def town_of(folder, suffix, source):
    """A town whose benches come in another format."""
    town = found_town(folder)
    edit(town.source_folder / "source.toml", ".csv", suffix)
    mapping = town.source_folder / "mapping.rml.ttl"
    edit(mapping, '[ a csvw:Table ; csvw:url "benches.csv" ]', f'"benches{suffix}"')
    edit(mapping, "rml:referenceFormulation rml:CSV", source)
    return town


def held(town):
    return list(held_in(ChangeLog(Layout(town.settings.data_dir)), "benches"))


JSON = 'rml:referenceFormulation rml:JSONPath ; rml:iterator "$.benches[*]"'
BENCHES = """{"benches": [
{"key": 1, "name": "Παραλία", "next": 3}, {"key": 2, "name": {"el": "Πλατεία"}},
{"key": 3, "name": "X"}, {"key": 4, "name": "Πάρκο", "next": null}]}"""


def test_json(tmp_path):
    town = town_of(tmp_path, ".json", JSON)
    (town.files / "b.json").write_text(BENCHES, encoding="utf-8")
    town.load()
    assert town.labels() == {"4": "Πάρκο"}
    about = {record.name: (record.raw, record.reasons[0].component) for record in held(town)}
    assert about["b.json:2"] == ('{"key": 2, "name": {"el": "Πλατεία"}}', "Mapping")
    assert about["b.json:3"][0] == '{"key": 3, "name": "X"}'
    assert about["b.json:1"][1] == "Reference"


def test_xml(tmp_path):
    town = town_of(tmp_path, ".xml", 'rml:referenceFormulation rml:XPath ; rml:iterator "/t/b"')
    rows = "<b><key>1</key><name>Παραλία</name></b><b><key>2</key><name>X</name></b>"
    (town.files / "b.xml").write_text(f"<t>{rows}</t>", encoding="utf-8")
    town.load()
    assert town.labels() == {"1": "Παραλία"}
    assert [(record.name, record.raw) for record in held(town)] == [
        ("b.xml:2", "<b><key>2</key><name>X</name></b>")
    ]


def test_a_workbook(tmp_path):
    town = town_of(tmp_path, ".xlsx", "rml:referenceFormulation rml:CSV")
    book = openpyxl.Workbook()
    for row in (["key", "name", "next", "since"], [1, "Παραλία"], [2, "X"]):
        book.active.append(row)
    book.save(town.files / "b.xlsx")
    town.load()
    assert town.labels() == {"1": "Παραλία"}
    assert [(record.name, record.raw) for record in held(town)] == [("b.xlsx:3", "2\tX")]


@pytest.fixture
def two(tmp_path):
    """Benches and their names in two lists of one file, joined."""
    town = town_of(tmp_path, ".json", JSON)
    mapping = town.source_folder / "mapping.rml.ttl"
    edit(mapping, '[ rml:template "https://data.thessaloniki.gr/id/bench/{next}" ]', """[
        rml:parentTriplesMap <#place> ;
        rml:joinCondition [ rml:child "at" ; rml:parent "at" ] ]""")  # fmt: skip
    with mapping.open("a", encoding="utf-8") as text:
        text.write(f"""
<#place> rml:logicalSource [ rml:source "benches.json" ;
        {JSON.replace("benches", "places")} ] ;
    rml:subjectMap [ rml:template "{BENCH}{{id}}" ; rml:class kam:Bench ] ;
    rml:predicateObjectMap [ rml:predicate rdfs:label ;
        rml:objectMap [ rml:reference "name" ; rml:language "el" ] ] .
""")
    return town


def test_two_lists_of_one_file_are_joined_and_held_apart(two):
    (two.files / "b.json").write_text(
        """{"benches": [{"key": 1, "name": "Ένα", "at": "x"}, {"key": 2, "name": "X"}],
            "places": [{"id": 8, "name": "Οκτώ", "at": "x"}, {"id": 9, "name": "Y"}]}""",
        encoding="utf-8",
    )
    (_, outcome) = two.load().outcomes
    assert outcome.counts.records == 4
    assert two.labels() == {"1": "Ένα", "8": "Οκτώ"}
    next_to = "<https://data.thessaloniki.gr/def/nextTo>"
    assert f"<{BENCH}1> {next_to} <{BENCH}8> .\n" in two.lines()
    assert [(record.name, record.raw) for record in held(two)] == [
        ("b.json $.benches[*]:2", '{"key": 2, "name": "X"}'),
        ("b.json $.places[*]:2", '{"id": 9, "name": "Y"}'),
    ]


@pytest.mark.parametrize(
    ("term_type", "error"), [("rml:UnsafeIRI", MappingError), ("rml:BlankNode", OwnershipError)]
)
def test_what_cannot_be_published_is_refused(tmp_path, term_type, error):
    town = town_of(tmp_path, ".json", JSON)
    edit(
        town.source_folder / "mapping.rml.ttl", 'bench/{next}"', f'bench/{{next}}" ; rml:termType {term_type}'
    )
    (town.files / "b.json").write_text(
        '{"benches": [{"key": 1, "name": "Ένα", "next": 2}]}', encoding="utf-8"
    )
    failures = town.load().failures
    assert isinstance(failures["benches"], error)


@pytest.mark.parametrize("text", ["{", '{"benches": [{"key": 1}', "<html>", "[" * 100_000])
def test_a_file_that_is_not_what_it_says_changes_nothing(tmp_path, text):
    town = town_of(tmp_path, ".json", JSON)
    (town.files / "b.json").write_text('{"benches": [{"key": 1, "name": "Ένα"}]}', encoding="utf-8")
    town.load()
    (town.files / "b.json").write_text(text, encoding="utf-8")
    assert "b.json, line 1" in str(town.load().failures["benches"])
    assert town.labels() == {"1": "Ένα"}
