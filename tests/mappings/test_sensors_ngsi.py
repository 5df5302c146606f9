import json
from decimal import Decimal

import pytest
from support.sensors import ID, PROPERTY, UNIT, load_sensors

NAME = "urn%3Angsi-ld%3APointOfInterest%3A28079004-Pza.deEspanya"
# What the two examples hold: key, property, scale, unit.
WEATHER = {
    "temperature": ("air-temperature", 1, "DEG_C"),
    "relativeHumidity": ("relative-humidity", 100, "PERCENT"),
    "windSpeed": ("wind-speed", 1, "M-PER-SEC"),
    "windDirection": ("wind-direction", 1, "DEG"),
    "precipitation": ("precipitation", 1, "MilliM"),
}
POLLUTANTS = {
    "co": ("co", 1, "MilliGM-PER-M3"),
    "no": ("no", 1, "MicroGM-PER-M3"),
    "no2": ("no2", 1, "MicroGM-PER-M3"),
    "nox": ("nox", 1, "MicroGM-PER-M3"),
    "so2": ("so2", 1, "MicroGM-PER-M3"),
}


def readings(loaded):
    rows = loaded.select(
        "SELECT ?p ?v ?unit { ?o prov:wasDerivedFrom ?r ; sosa:observedProperty ?p ;"
        " sosa:hasSimpleResult ?v ; qudt:hasUnit ?unit }"
    )
    return {row["p"].removeprefix(PROPERTY): (row["v"], row["unit"].removeprefix(UNIT)) for row in rows}


def unmapped(loaded):
    return {row["k"] for row in loaded.select("SELECT ?k { ?r kam:unmappedKey ?k }")}


def wanted(entity, rules):
    return {name: (Decimal(str(entity[key])) * scale, unit) for key, (name, scale, unit) in rules.items()}


@pytest.fixture
def load(tmp_path):
    def loaded(*entities):
        path = tmp_path / "entities.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in entities), encoding="utf-8")
        return load_sensors(tmp_path / "data", {"ngsi-air-quality": path})

    return loaded


def test_the_normalized_example_gives_pollutants_and_weather(shared, tmp_path):
    path = shared / "data" / "sensors" / "ngsi-ld" / "AirQualityObserved-example-normalized.jsonld"
    told = json.loads(path.read_text(encoding="utf-8"))
    entity = {key: one.get("value") for key, one in told.items() if isinstance(one, dict)}
    loaded = load_sensors(tmp_path, {"ngsi-air-quality": path})
    assert loaded.counts("ngsi-air-quality") == (1, 1, 0)
    assert readings(loaded) == wanted(entity, WEATHER | POLLUTANTS)
    assert unmapped(loaded) == {"pm4", "tpc", "tsp", "pressure", "charge"}
    record = f"ngsi-record/{NAME}~20160315T110000"
    assert loaded.value(f"{record}~geometry", "geo:asWKT") == "POINT(-3.712247222222222 40.423852777777775)"
    time = loaded.value(f"ngsi-observation/{NAME}~no2~20160315T110000", "sosa:resultTime")
    assert time == "2016-03-15T11:00:00+02:00"


def test_as_keys_and_values_pollutants_have_no_unit_and_are_no_readings(shared, tmp_path):
    path = shared / "data" / "sensors" / "ngsi-ld" / "AirQualityObserved-example.jsonld"
    loaded = load_sensors(tmp_path, {"ngsi-air-quality": path})
    assert readings(loaded) == wanted(json.loads(path.read_text(encoding="utf-8")), WEATHER)
    assert unmapped(loaded) == set(POLLUTANTS)


def entity(**more):
    return {
        "id": "urn:x:1",
        "type": "AirQualityObserved",
        "dateObserved": "2024-05-01T09:00:00Z",
        "temperature": 20,
        **more,
    }


def test_units_are_converted_by_their_code(load):
    co, no2 = ({"type": "Property", "value": 500, "unitCode": unit} for unit in ("GQ", "GQ"))
    assert readings(load(entity(CO=co, NO2=no2))) == {
        "co": (Decimal("0.5"), "MilliGM-PER-M3"),
        "no2": (500, "MicroGM-PER-M3"),
        "air-temperature": (20, "DEG_C"),
    }


def test_an_interval_is_known_at_its_end(load):
    loaded = load(entity(dateObserved="2024-05-01T09:00:00Z/2024-05-01T10:00:00Z"))
    found = loaded.select("SELECT ?t { ?o sosa:resultTime ?t ; prov:wasDerivedFrom ?r }")
    assert found == [{"t": "2024-05-01T13:00:00+03:00"}]


@pytest.mark.parametrize(
    "broken", [{"dateObserved": None}, {"id": "", "refDevice": None}, {"temperature": "hot"}]
)
def test_an_entity_that_names_no_time_or_place_costs_only_itself(load, broken):
    loaded = load(entity(**broken), entity(id="urn:x:2"))
    assert loaded.counts("ngsi-air-quality") == (2, 1, 1)
    assert [row["s"] for row in loaded.select("SELECT ?s { ?s a sosa:Sensor }")] == [
        f"{ID}ngsi-sensor/urn%3Ax%3A2~air-temperature"
    ]
