"""Sensors' results by day and month, against sums made from the sheets by csv and Decimal alone."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from decimal import ROUND_DOWN, ROUND_FLOOR, Decimal

import pytest
from support.sensors import ID, PROPERTY, Loaded, Reading, Sheet, real_sheets, sample_sheets

FOUR = Decimal("0.0001")
PREFIXES = (
    "PREFIX sdmx-attribute: <http://purl.org/linked-data/sdmx/2009/attribute#> "
    "PREFIX sdmx-dimension: <http://purl.org/linked-data/sdmx/2009/dimension#> "
)
MEASURES = ("count", "sum", "mean", "minimum", "maximum", "coverage")


@pytest.fixture(params=["sample", pytest.param("real", marks=[pytest.mark.shared, pytest.mark.slow])])
def air(request: pytest.FixtureRequest) -> tuple[Loaded, list[Sheet]]:
    """Loaded sheets of air quality, and the files that they are."""
    if request.param == "sample":
        loaded: Loaded = request.getfixturevalue("sample_sensors")
        return loaded, sample_sheets(loaded.settings)
    loaded = request.getfixturevalue("real_air")
    return loaded, real_sheets(request.getfixturevalue("shared"))


def published(loaded: Loaded, sheets: list[Sheet]) -> list[Reading]:
    """The readings of the sheets whose record is not in quarantine."""
    held = {name for item in loaded.held("air-quality") for name in item.subjects}
    keys = {name.rsplit("/", 1)[-1][:-1] for name in held}
    readings = (reading for sheet in sheets for reading in sheet.readings())
    return [one for one in readings if f"{one.station}~{one.pollutant}~{iso(one.day)}" not in keys]


def iso(day: str) -> str:
    """A sheet's day in ISO 8601."""
    if "/" not in day:
        return day
    first, month, year = day.split("/")
    return f"{int(year):04d}-{int(month):02d}-{int(first):02d}"


def expected(readings: list[Reading], length: int) -> dict[tuple[str, str, str], list[Decimal]]:
    """(station, pollutant, period) -> its measures; a period is the first `length` letters of the day."""
    groups: dict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
    for one in readings:
        groups[one.station, one.pollutant, iso(one.day)[:length]].append(one.value)
    return {key: measures(values, days(key[2])) for key, values in groups.items()}


def measures(values: list[Decimal], wanted: int) -> list[Decimal]:
    """Count, sum, mean (halves up), minimum, maximum, coverage (rounded down)."""
    mean = (sum(values, Decimal()) / len(values) + FOUR / 2).quantize(FOUR, ROUND_FLOOR)
    coverage = (Decimal(len(values)) / wanted).quantize(FOUR, ROUND_DOWN)
    return [Decimal(len(values)), sum(values, Decimal()), mean, min(values), max(values), coverage]


def days(period: str) -> int:
    """The days of a month; 1 of a day."""
    year, month, *rest = (int(part) for part in period.split("-"))
    return 1 if rest else monthrange(year, month)[1]


def found(loaded: Loaded, kind: str) -> dict[tuple[str, str, str], list[Decimal]]:
    """What the dataset holds of the sensors of stations, in the form of `expected`."""
    rows = loaded.answer(
        PREFIXES + "PREFIX kam: <https://data.thessaloniki.gr/def/> SELECT * { "
        f"GRAPH <https://data.thessaloniki.gr/graph/observation-{kind}s> {{ "
        "?focus kam:ofSensor ?sensor ; kam:ofProperty ?property ; sdmx-dimension:refPeriod ?period ; "
        "kam:resultCount ?count ; kam:resultSum ?sum ; kam:resultMean ?mean ; "
        "kam:resultMinimum ?minimum ; kam:resultMaximum ?maximum ; kam:coverage ?coverage } }"
    )
    return {
        (
            row["sensor"].removeprefix(f"{ID}sensor/").partition("~")[0],
            row["property"].removeprefix(PROPERTY),
            row["period"].rsplit("/", 1)[-1],
        ): [row[name] for name in MEASURES]
        for row in rows
        if row["sensor"].startswith(f"{ID}sensor/")
    }


@pytest.mark.parametrize(("kind", "length"), [("day", 10), ("month", 7)])
def test_the_measures_are_those_of_the_readings_of_the_sheets(air, kind, length):
    loaded, sheets = air
    wanted = expected(published(loaded, sheets), length)
    assert wanted
    assert found(loaded, kind) == wanted


def test_no_coverage_is_claimed_where_none_is_expected(sample_sensors):
    rows = sample_sensors.select(
        "SELECT ?result ?expected ?coverage { ?result kam:ofSensor ?sensor "
        "OPTIONAL { ?sensor kam:expectedPerDay ?expected } OPTIONAL { ?result kam:coverage ?coverage } }"
    )
    assert {(row["expected"] is None, row["coverage"] is None) for row in rows} >= {(False, False)}
    assert all((row["expected"] is None) == (row["coverage"] is None) for row in rows)


def test_aggregates_of_simulated_sensors_are_simulated(sample_sensors):
    for name in ("observation-days", "observation-months"):
        rows = sample_sensors.select(
            f"SELECT ?it ?from {{ <https://data.thessaloniki.gr/dataset/{name}> "
            "kam:simulated ?it ; prov:wasDerivedFrom ?from }"
        )
        assert rows
        assert all(row["it"] is True for row in rows)
