import pytest
from support.faults import at_fault, broken

from kamara.loaders.validation import open_engine
from kamara.resources import DEFAULT_BASE, bundled

ID, CODE = f"{DEFAULT_BASE}id/", f"{DEFAULT_BASE}code/"
SOSA, QUDT, KAM = "http://www.w3.org/ns/sosa/", "http://qudt.org/schema/qudt/", f"{DEFAULT_BASE}def/"
XSD, GEO = "http://www.w3.org/2001/XMLSchema#", "http://www.opengis.net/ont/geosparql#"
RDFS, SCHEMA, DCTERMS = (
    "http://www.w3.org/2000/01/rdf-schema#",
    "https://schema.org/",
    "http://purl.org/dc/terms/",
)
OBSERVATION = f"<{ID}air-quality-observation/901~co~2012-12-31>"
SENSOR = f"<{ID}sensor/901~co>"
STATION, GEOMETRY = f"<{ID}station/901>", f"<{ID}station/901~geometry>"
RECORD = f"<{ID}air-quality-record/901~2012-12-31>"
UPLINK = f"<{ID}uplink/0000000000000904~20240630T210500.7Z>"


def decimal(value):
    return f'"{value}"^^<{XSD}decimal>'


def integer(value):
    return f'"{value}"^^<{XSD}integer>'


# Each takes away the values of a property of a thing and gives it others; none of these may stand.
FAULTS = {
    "a reading of no sensor": (OBSERVATION, SOSA + "madeBySensor", []),
    "two sensors": (OBSERVATION, SOSA + "madeBySensor", [SENSOR, f"<{ID}sensor/902~co>"]),
    "a property of no list": (OBSERVATION, SOSA + "observedProperty", ["<http://example.org/co>"]),
    "nothing that it is of": (OBSERVATION, SOSA + "hasFeatureOfInterest", []),
    "no time of the phenomenon": (OBSERVATION, SOSA + "phenomenonTime", []),
    "a result at no time": (OBSERVATION, SOSA + "resultTime", ['"2013-01-01"']),
    "no day": (OBSERVATION, SCHEMA + "observationDate", []),
    "no result": (OBSERVATION, SOSA + "hasSimpleResult", []),
    "two results": (OBSERVATION, SOSA + "hasSimpleResult", [decimal("1.1"), decimal("1.2")]),
    "a result in words": (OBSERVATION, SOSA + "hasSimpleResult", ['"much"']),
    "less than nothing": (OBSERVATION, SOSA + "hasSimpleResult", [decimal("-0.1")]),
    "more than can be": (OBSERVATION, SOSA + "hasSimpleResult", [decimal("2000.1")]),
    "no unit": (OBSERVATION, QUDT + "hasUnit", []),
    "another property's unit": (
        OBSERVATION,
        QUDT + "hasUnit",
        ["<http://qudt.org/vocab/unit/MicroGM-PER-M3>"],
    ),
    "no record that it is from": (OBSERVATION, "http://www.w3.org/ns/prov#wasDerivedFrom", []),
    "a sensor of two properties": (
        SENSOR,
        SOSA + "observes",
        [f"<{CODE}observable-property/co>", f"<{CODE}observable-property/no2>"],
    ),
    "a sensor of no station": (SENSOR, SOSA + "isHostedBy", []),
    "a sensor with a name in English only": (SENSOR, RDFS + "label", ['"CO"@en']),
    "no results expected": (SENSOR, KAM + "expectedPerDay", [decimal("0.0")]),
    "a station far away": (GEOMETRY, GEO + "asWKT", [f'"POINT(40.6 22.9)"^^<{GEO}wktLiteral>']),
    "a station of a kind of no list": (STATION, DCTERMS + "type", ["<http://example.org/traffic>"]),
    "an elevation in words": (STATION, SCHEMA + "elevation", ['"high"']),
    "a record of no station": (RECORD, KAM + "platform", []),
    "a record that does not count": (RECORD, KAM + "readingCount", []),
    "fewer readings than none": (RECORD, KAM + "readingCount", [integer("-1")]),
    "an uplink without a counter": (UPLINK, KAM + "frameCounter", []),
    "two counters at one time": (UPLINK, KAM + "frameCounter", [integer("1"), integer("2")]),
    "a port that is none": (UPLINK, KAM + "port", [integer("256")]),
    "a basis of no list": (UPLINK, KAM + "modelBasis", ["<http://example.org/guess>"]),
}
ELSEWHERE = {"a station far away": STATION}


@pytest.fixture(scope="module")
def lines(sample_sensors):
    return [
        f"{quad.subject} {quad.predicate} {quad.object} .\n"
        for quad in sample_sensors.store
        if quad.graph_name.value.rpartition("/")[2]
        in ("air-quality-stations", "air-quality", "things-stack-devices", "things-stack-uplinks")
    ]


@pytest.fixture(scope="module")
def engines():
    shapes = [bundled().shapes / f"{name}.ttl" for name in ("sensors", "sensor-results")]
    return {name: open_engine(name, shapes, DEFAULT_BASE, 10000) for name in ("shacl", "pyshacl")}


def faulty(engine, lines, fault):
    found = engine.validate(broken(lines, FAULTS[fault]))
    return ELSEWHERE.get(fault, FAULTS[fault][0]) in at_fault(found)


def test_the_samples_are_good(engines, lines):
    assert engines["shacl"].validate(lines) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(engines, lines, fault):
    assert faulty(engines["shacl"], lines, fault)


def test_the_second_engine_finds_the_same(engines, lines):
    things = {thing for thing, _, _ in FAULTS.values()} | {STATION}
    few = [line for line in lines if line.split(" ", 1)[0] in things]
    few += [f"{GEOMETRY} <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{GEO}Geometry> .\n"]
    assert [fault for fault in FAULTS if not faulty(engines["pyshacl"], few, fault)] == []
