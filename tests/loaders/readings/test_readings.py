import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.loaders.errors import RecordError, SourceError
from kamara.loaders.readings.columns import normal_heading
from kamara.loaders.readings.devices import registered
from kamara.loaders.readings.table import Rule, read_table
from kamara.loaders.readings.thingsstack import Uplinks
from kamara.loaders.readings.values import result

HEAD = "model,key,use,property,unit,scale,offset,result_unit,words\n"
RULE = Rule("t", "reading", "air-temperature", "°C", Decimal(1), Decimal(0), "DEG_C", {})


@pytest.fixture
def table(tmp_path):
    def read(rows):
        path = tmp_path / "models.csv"
        path.write_text(HEAD + rows, encoding="utf-8")
        return read_table(path)

    return read


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("23.5 °C", "23.5"),
        ("23,5", "23.5"),
        ("-0.50°C", "-0.50"),
        (41, "41"),
        (2.2, "2.2"),
        ("2.2000000000000002", "2.2000000000000002"),
        ("1e-3", "0.001"),
        (True, "1"),
    ],
)
def test_a_value_keeps_its_digits(value, expected):
    assert result("t", value, RULE) == expected


@pytest.mark.parametrize("value", ["", "23.5 °F", "1.234,5", "warm", "NaN", "1e300", "--4", "4 5"])
def test_what_is_no_value_in_the_unit_is_refused_in_both_languages(value):
    with pytest.raises(RecordError) as caught:
        result("t", value, RULE)
    assert "°C" in caught.value.expected
    assert "αριθμός" in caught.value.expected_el


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=6), st.sampled_from(["1", "0.01", "1000"]))
def test_scale_and_offset_are_exact(value, scale):
    rule = Rule("t", "reading", "p", "", Decimal(scale), Decimal("-0.5"), "NUM", {})
    assert Decimal(result("t", f"{value:f}", rule)) == value * Decimal(scale) - Decimal("0.5")


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_a_number_of_json_stays_within_the_decimals_of_the_store(value):
    found = Decimal(result("t", json.loads(json.dumps(value)), RULE))
    assert abs(found - Decimal(repr(value))) <= Decimal("5e-19")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PM2,5\nμg/m3", "PM2.5 (µg/m³)"),
        ("Ημερο -\nμηνία", "ΗΜΕΡΟΜΗΝΙΑ"),
        ("Ο3 μg/m3", "O3 [μg/m^3]"),
        ("ΝΟ2 μg/m3", "no2 μg/m3"),
        ("ΡΜ10 μg/m3", "PM10 μg/m3"),
    ],
)
def test_headings_that_mean_the_same_are_the_same(one, other):
    assert normal_heading(one) == normal_heading(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("CO mg/m3", "CO μg/m3"), ("CO mg/m3", "CO Μg/m3"), ("NO μg/m3", "NO2 μg/m3"), ("SO2", "SO2 μg/m3")],
)
def test_headings_that_do_not_are_not(one, other):
    assert normal_heading(one) != normal_heading(other)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a/b,t,,air-temperature,°C,,,\n", "not as many fields"),
        ("a/b,t,maybe,air-temperature,°C,,,DEG_C,\n", "the use 'maybe'"),
        ("a/b,t,,air-temperature,°C,,,,\n", "a property and a result_unit"),
        ("a/b,t,ignored,air-temperature,,,,DEG_C,\n", "a property and a result_unit"),
        ("a/b,t,,air-temperature,°C,many,,DEG_C,\n", "'many' is not a number"),
        ("a/b,t,,co2,,,,PPM,\na/b,t,,no2,,,,PPM,\n", "stands twice"),
        ("a/b,t,,co2,,,,PPM,\na/b,u,,co2,,,,PPM,\n", "two keys of a/b are co2"),
    ],
)
def test_a_table_that_is_wrong_says_the_line(table, rows, said):
    with pytest.raises(SourceError) as caught:
        table(rows)
    assert said in str(caught.value)
    assert "models.csv, line " in str(caught.value)


def test_a_file_that_is_no_table_of_readings_is_refused(tmp_path):
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="is not a table of readings"):
        read_table(path)


def test_one_message_is_taken_apart_as_a_line_of_a_file_is(table):
    unfold = Uplinks(table("a/b,t,,air-temperature,°C,,,DEG_C,\na/b,i,ignored,,,,,,\n"), {})
    message = {
        "end_device_ids": {"dev_eui": "A1"},
        "uplink_message": {
            "received_at": "2024-05-01T06:00:00.5Z",
            "decoded_payload": {"t": 21.5, "i": 3, "x": 1},
            "version_ids": {"brand_id": "A", "model_id": "B"},
        },
    }
    (one,) = unfold(message)
    assert one["reading"] == {"key": "t", "property": "air-temperature", "value": "21.5", "unit": "DEG_C"}
    assert one["record"] == {
        "time": "2024-05-01T06:00:00.5Z",
        "time_key": "20240501T060000.5Z",
        "f_cnt": "0",
        "model": "a/b",
        "basis": "version-ids",
        "count": "1",
        "unmapped": ["x"],
    }
    assert unfold({"result": message}) == [one]


def test_the_register_is_read_from_its_lines():
    base = "https://data.thessaloniki.gr/"
    lines = [
        f'<{base}id/device/00A1> <{base}def/deviceModel> "dragino/lse01" .\n',
        f'<{base}id/device/00A1~feature> <{base}def/deviceModel> "no/no" .\n',
        f'<{base}id/device/00A2> <http://purl.org/dc/terms/identifier> "00A2" .\n',
    ]
    assert registered(lines, base) == {"00A1": "dragino/lse01"}
