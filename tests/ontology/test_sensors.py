import csv

import pytest
from rdflib import RDF, RDFS, SH, Graph, Literal, Namespace
from rdflib.collection import Collection
from rdflib.namespace import SKOS

from kamara.resources import bundled

KAM = Namespace("https://data.thessaloniki.gr/def/")
QUDT, UNIT = Namespace("http://qudt.org/schema/qudt/"), Namespace("http://qudt.org/vocab/unit/")
SOSA, SCHEMA = Namespace("http://www.w3.org/ns/sosa/"), Namespace("https://schema.org/")
EEA = "http://dd.eionet.europa.eu/vocabulary/aq/pollutant/"


@pytest.fixture(scope="module")
def properties():
    return Graph().parse(bundled().ontology / "codes" / "observable-property.ttl")


@pytest.fixture(scope="module")
def results():
    return Graph().parse(bundled().shapes / "sensor-results.ttl")


def test_every_term_of_our_own_has_a_name_and_a_comment_in_both_languages():
    graph = Graph().parse(bundled().ontology / "sensors.ttl")
    terms = set(graph.subjects(RDF.type, RDFS.Class)) | set(graph.subjects(RDF.type, RDF.Property))
    assert terms
    for term in terms:
        for predicate in (RDFS.label, RDFS.comment):
            assert sorted(text.language for text in graph.objects(term, predicate)) == ["el", "en"]


def test_every_property_has_a_unit_that_is_declared_and_a_range(properties):
    units = set(Graph().parse(bundled().ontology / "external" / "qudt.ttl").subjects(RDF.type, QUDT.Unit))
    for concept in properties.subjects(RDF.type, SKOS.Concept):
        assert properties.value(concept, QUDT.hasUnit) in units
        low, high = properties.value(concept, SCHEMA.minValue), properties.value(concept, SCHEMA.maxValue)
        assert low.toPython() < high.toPython()


def test_the_shapes_keep_the_ranges_and_units_of_the_code_list(properties, results):
    found = {}
    for shape in results.subjects(SH.targetClass, SOSA.Observation):
        other, this = Collection(results, results.value(shape, SH["or"]))
        concept = results.value(results.value(results.value(other, SH["not"]), SH.property), SH.hasValue)
        parts = list(results.objects(this, SH.property))
        (result,) = [part for part in parts if results.value(part, SH.path) == SOSA.hasSimpleResult]
        (unit,) = [part for part in parts if results.value(part, SH.path) == QUDT.hasUnit]
        found[concept] = (
            results.value(result, SH.minInclusive),
            results.value(result, SH.maxInclusive),
            results.value(unit, SH.hasValue),
        )
    assert found == {
        concept: (
            properties.value(concept, SCHEMA.minValue),
            properties.value(concept, SCHEMA.maxValue),
            properties.value(concept, QUDT.hasUnit),
        )
        for concept in properties.subjects(RDF.type, SKOS.Concept)
    }


def test_pollutants_have_the_codes_of_the_environment_agency(properties):
    found = {
        str(properties.value(s, SKOS.notation)): str(o).removeprefix(EEA)
        for s, o in properties.subject_objects(SKOS.exactMatch)
    }
    assert found == {
        "so2": "1", "pm10": "5", "o3": "7", "no2": "8", "nox": "9", "co": "10", "no": "38", "co2": "71",
        "pm2.5": "6001",
    }  # fmt: skip


TABLES = [
    ("things-stack-uplinks", "models.csv"),
    ("air-quality", "readings.csv"),
    ("ngsi-air-quality", "readings.csv"),
]


@pytest.mark.parametrize(("source", "table"), TABLES)
def test_tables_of_readings_are_in_the_units_of_their_properties(properties, source, table):
    with (bundled().mappings / source / table).open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not row["use"]]
    assert rows
    for row in rows:
        concept = properties.value(None, SKOS.notation, Literal(row["property"]))
        assert properties.value(concept, QUDT.hasUnit) == UNIT[row["result_unit"]], row


def test_sosa_terms_are_those_of_the_new_edition_too(shared):
    draft = Graph()
    for name in ("sosa-common", "sosa-observation"):
        draft.parse(shared / "data" / "sensors" / "sosa-2023-ontology" / f"{name}.ttl")
    labels = Graph().parse(bundled().ontology / "external" / "labels-sensors.ttl")
    used = {term for term in labels.subjects() if str(term).startswith(str(SOSA))}
    assert used
    assert used <= set(draft.subjects(RDF.type))
