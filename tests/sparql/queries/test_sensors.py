import csv
import json
from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from support.sensors import ID, PROPERTY, by_key, real_sheets, sample_sheets, uplinks

SOIL = {
    "Bat": "battery-voltage",
    "TempC_DS18B20": "probe-temperature",
    "conduct_SOIL": "soil-conductivity",
    "temp_SOIL": "soil-temperature",
    "water_SOIL": "soil-moisture",
}


@pytest.fixture(params=["sample", pytest.param("real", marks=[pytest.mark.shared, pytest.mark.slow])])
def air(request):
    """Loaded air quality, and the readings of its sheets."""
    if request.param == "sample":
        loaded = request.getfixturevalue("sample_sensors")
        return loaded, sample_sheets(loaded.settings)
    return request.getfixturevalue("real_air"), real_sheets(request.getfixturevalue("shared"))


@pytest.fixture(params=["sample", pytest.param("real", marks=pytest.mark.shared)])
def sent(request):
    """Loaded uplinks, and the files that they are in."""
    if request.param == "sample":
        loaded = request.getfixturevalue("sample_sensors")
        folder = loaded.settings.resources.mappings / "things-stack-uplinks" / "sample"
        return loaded, [*uplinks(folder / "message.json"), *uplinks(folder / "uplinks.jsonl")]
    shared = request.getfixturevalue("shared")
    lines = uplinks(shared / "data" / "sensors" / "tts-storage-decoded.jsonl")
    return request.getfixturevalue("real_uplinks"), lines


def readings(sheets):
    return by_key(reading for sheet in sheets for reading in sheet.readings())


def number(value):
    return Decimal(str(value).split()[0])


def soil(lines):
    """The readings of soil sensors: DevEUI, time of the network, property, value."""
    for line in lines:
        message = line["uplink_message"]
        for key, value in message.get("decoded_payload", {}).items():
            if key in SOIL:
                yield line["end_device_ids"]["dev_eui"], message["received_at"], SOIL[key], number(value)


@pytest.mark.parametrize(("year", "limit"), [(2010, 50), (2011, 50), (2012, 50), (2013, 25)])
def test_days_over_a_limit_are_those_of_the_sheets(air, year, limit):
    loaded, sheets = air
    wanted = {}
    for (station, pollutant), some in readings(sheets).items():
        values = [r.value for r in some if r.day.startswith(str(year))]
        if pollutant == "pm10" and values:
            over = sum(value > limit for value in values)
            wanted[f"{ID}station/{station}"] = (over, len(values), over > 35)
    found = loaded.ask("sensors-limit-days", year=str(year), limit=str(limit))
    assert {
        r["station"]: (r["days_over"], r["days_measured"], r["more_than_allowed"]) for r in found
    } == wanted
    assert [r["days_over"] for r in found] == sorted((r["days_over"] for r in found), reverse=True)


@pytest.mark.parametrize("name", ["sensors-limit-days", "sensors-monthly-means"])
def test_without_a_year_the_answer_is_that_of_every_year(name, air):
    loaded, sheets = air
    years = {reading.day[:4] for sheet in sheets for reading in sheet.readings()}
    # the sample has entities beside the sheets
    every = [row for row in loaded.ask(name) if str(row["in_year"]) in years]
    of_each = [row for year in years for row in loaded.ask(name, year=year)]
    assert every
    assert sorted(map(str, every)) == sorted(map(str, of_each))


@pytest.mark.parametrize("pollutant", ["no2", "co"])
def test_monthly_means_are_those_of_the_sheets(air, pollutant):
    loaded, sheets = air
    months = defaultdict(list)
    for (station, name), some in readings(sheets).items():
        for reading in some:
            if name == pollutant and reading.day.startswith("2013"):
                months[f"{ID}sensor/{station}~{pollutant}", int(reading.day[5:7])].append(reading.value)
    found = loaded.ask("sensors-monthly-means", observed=pollutant, year="2013")
    assert {(r["sensor"], int(r["month"])): (r["readings"], r["least"], r["greatest"]) for r in found} == {
        key: (len(values), min(values), max(values)) for key, values in months.items()
    }
    for row in found:
        values = months[row["sensor"], int(row["month"])]
        assert float(row["mean"]) == pytest.approx(float(sum(values)) / len(values), rel=1e-9)


def test_the_worst_days_come_first(air):
    loaded, sheets = air
    wanted = [
        (reading.value, reading.day, f"{ID}sensor/{station}~pm10")
        for (station, name), some in readings(sheets).items()
        for reading in some
        if name == "pm10" and reading.value >= 80
    ]
    found = [(r["result"], r["day"], r["sensor"]) for r in loaded.ask("sensors-worst-days", least="80")]
    assert found == sorted(wanted, key=lambda row: (-row[0], row[1], row[2]))
    assert found


def test_gaps_are_the_rows_without_a_value(air):
    loaded, sheets = air
    rows = {sheet.station: len(sheet.rows()) for sheet in sheets}
    wanted = {
        f"{ID}sensor/{station}~{name}": (rows[station], len(some), rows[station] - len(some))
        for (station, name), some in readings(sheets).items()
    }
    found = loaded.ask("sensors-gaps")
    assert {r["sensor"]: (r["days"], r["measured"], r["missing"]) for r in found} == wanted
    assert any(missing for _, _, missing in wanted.values())


def test_gaps_of_some_days_are_those_of_their_rows(air):
    loaded, sheets = air
    days = sorted({row["Ημερο"] for sheet in sheets for row in sheet.rows()})
    begin, end = days[len(days) // 3], days[2 * len(days) // 3]
    rows = {sheet.station: sum(begin <= row["Ημερο"] <= end for row in sheet.rows()) for sheet in sheets}
    found = loaded.ask("sensors-gaps", **{"from": begin, "to": end})
    assert found
    assert all(r["days"] == rows[r["sensor"].removeprefix(f"{ID}sensor/").split("~")[0]] for r in found)
    assert sum(r["measured"] for r in found) == sum(
        begin <= reading.day <= end for sheet in sheets for reading in sheet.readings()
    )


def test_the_latest_readings_of_a_device(sent):
    loaded, lines = sent
    (eui,) = {eui for eui, _, _, _ in soil(lines)}
    latest = {}
    for _, _, name, value in sorted(soil(lines), key=lambda reading: reading[1]):
        latest[PROPERTY + name] = value
    found = loaded.ask("sensors-latest", eui=eui.lower())
    assert {row["property"]: row["result"] for row in found} == latest
    every = loaded.ask("sensors-latest")
    assert [row for row in every if f"/{eui}~" in row["sensor"]] == found


def test_messages_and_how_many_of_them_gave_no_reading(sent):
    loaded, lines = sent
    held = {one.first_line for one in loaded.held("things-stack-uplinks") if one.file == "uplinks.jsonl"}
    known = [line for line in lines if line["end_device_ids"]["dev_eui"] != "0000000000000905"]
    assert len(lines) - len(known) == len(held)
    every = Counter(line["end_device_ids"]["dev_eui"] for line in known)
    raw = Counter(
        line["end_device_ids"]["dev_eui"] for line in known if "decoded_payload" not in line["uplink_message"]
    )
    found = loaded.ask("sensors-raw-uplinks")
    assert {row["device"]: (row["uplinks"], row["without_readings"]) for row in found} == {
        f"{ID}device/{eui}": (count, raw[eui]) for eui, count in every.items()
    }


def test_the_hottest_day_is_a_day_in_athens(sent):
    loaded, lines = sent
    days = defaultdict(list)
    for eui, time, name, value in soil(lines):
        if name == "soil-temperature":
            there = datetime.fromisoformat(time).astimezone(ZoneInfo("Europe/Athens")).date().isoformat()
            days[there, f"{ID}device-sensor/{eui}~{name}"].append(value)
    found = loaded.ask("sensors-hottest-day")
    assert {(r["day"], r["sensor"]): (r["highest"], r["lowest"], r["readings"]) for r in found} == {
        key: (max(values), min(values), len(values)) for key, values in days.items()
    }
    assert [r["highest"] for r in found] == sorted((r["highest"] for r in found), reverse=True)


def test_keys_that_nobody_mapped_are_counted(sample_sensors):
    found = {(row["key"], row["model"]): row["times"] for row in sample_sensors.ask("sensors-unmapped-keys")}
    # the entity as keys and values has no unit for its pollutant
    assert found == {("self_test", "milesight-iot/am107"): 1, ("no2", None): 1}


def test_devices_that_are_not_in_the_register(sample_sensors):
    mappings = sample_sensors.settings.resources.mappings
    path = mappings / "things-stack-devices" / "sample" / "devices.csv"
    with path.open(encoding="utf-8", newline="") as file:
        registered = {row["dev_eui"] for row in csv.DictReader(file)}
    lines = uplinks(mappings / "things-stack-uplinks" / "sample" / "uplinks.jsonl")
    others = Counter(
        line["end_device_ids"]["dev_eui"]
        for line in lines
        if line["end_device_ids"]["dev_eui"] not in registered
        and "some_value" not in json.dumps(line, default=str)
    )
    found = {row["device"]: row["uplinks"] for row in sample_sensors.ask("sensors-unregistered")}
    assert found == {f"{ID}device/{eui}": count for eui, count in others.items()}
