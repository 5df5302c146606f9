import csv
from collections import defaultdict
from decimal import Decimal

import pytest
from support.sensors import ID, PROPERTY, UNIT, Sheet, by_key, load_sensors, real_sheets, sample_sheets

from kamara.config import Settings

UNITS = {"co": "MilliGM-PER-M3"}


@pytest.fixture(params=["sample", pytest.param("real", marks=[pytest.mark.shared, pytest.mark.slow])])
def air(request):
    """Loaded air quality, and its sheets: the sample's and, where they are there, the real ones."""
    loaded = request.getfixturevalue("sample_sensors" if request.param == "sample" else "real_air")
    if request.param == "sample":
        return loaded, sample_sheets(loaded.settings)
    return loaded, real_sheets(request.getfixturevalue("shared"))


def observations(loaded):
    return loaded.select(
        "SELECT ?o ?sensor ?p ?v ?unit ?day ?end ?phenomenon ?record ?air {"
        " ?o sosa:observedProperty ?p ; sosa:hasSimpleResult ?v ; qudt:hasUnit ?unit ;"
        " schema:observationDate ?day ; sosa:resultTime ?end ; sosa:phenomenonTime ?phenomenon ;"
        " sosa:madeBySensor ?sensor ; prov:wasDerivedFrom ?record ; sosa:hasFeatureOfInterest ?air"
        f" FILTER (STRSTARTS(STR(?o), '{ID}air-quality-observation/')) }}"
    )


def test_every_row_with_a_date_is_published(air):
    loaded, sheets = air
    rows = sum(len(sheet.rows()) for sheet in sheets)
    assert loaded.counts("air-quality") == (rows, rows, 0)


def test_every_reading_is_there_with_all_its_digits(air):
    loaded, sheets = air
    wanted = {
        f"{ID}air-quality-observation/{r.station}~{r.pollutant}~{r.day}": r.value
        for sheet in sheets
        for r in sheet.readings()
    }
    assert {row["o"]: row["v"] for row in observations(loaded)} == wanted


def test_the_sums_of_the_store_are_those_of_the_sheets(air):
    loaded, sheets = air
    sums = loaded.select(
        "SELECT ?sensor (SUM(?v) AS ?sum) (COUNT(?v) AS ?n) {"
        " ?o sosa:madeBySensor ?sensor ; sosa:hasSimpleResult ?v"
        f" FILTER (STRSTARTS(STR(?sensor), '{ID}sensor/')) }} GROUP BY ?sensor"
    )
    found = {row["sensor"].removeprefix(f"{ID}sensor/"): (row["sum"], row["n"]) for row in sums}
    readings = by_key(reading for sheet in sheets for reading in sheet.readings())
    assert found == {
        f"{station}~{pollutant}": (sum(r.value for r in some), len(some))
        for (station, pollutant), some in readings.items()
    }


def test_an_observation_says_its_sensor_property_unit_day_and_record(air):
    loaded, _ = air
    for row in observations(loaded):
        station, pollutant, day = row["o"].removeprefix(f"{ID}air-quality-observation/").split("~")
        assert row["sensor"] == f"{ID}sensor/{station}~{pollutant}"
        assert row["p"] == PROPERTY + pollutant
        assert row["unit"] == UNIT + UNITS.get(pollutant, "MicroGM-PER-M3")
        assert row["day"] == day
        assert row["phenomenon"] == f"http://reference.data.gov.uk/id/gregorian-day/{day}"
        assert row["record"] == f"{ID}air-quality-record/{station}~{day}"
        assert row["air"] == f"{ID}station/{station}~air"


def test_a_daily_mean_is_known_when_its_day_is_over_in_athens(sample_sensors):
    ends = {row["day"]: row["end"] for row in observations(sample_sensors)}
    assert ends["2012-12-31"] == "2013-01-01T00:00:00+02:00"


def test_the_rows_say_how_many_readings_they_have_none_too(air):
    loaded, sheets = air
    wanted: dict[str, int] = {
        f"{ID}air-quality-record/{sheet.station}~{row['Ημερο']}": 0
        for sheet in sheets
        for row in sheet.rows()
    }
    for sheet in sheets:
        for reading in sheet.readings():
            wanted[f"{ID}air-quality-record/{reading.station}~{reading.day}"] += 1
    found = loaded.select(
        "SELECT ?r ?n { ?r a kam:MeasurementRecord ; kam:readingCount ?n"
        f" FILTER (STRSTARTS(STR(?r), '{ID}air-quality-record/')) }}"
    )
    assert {row["r"]: row["n"] for row in found} == wanted
    assert 0 in wanted.values()


def test_a_sensor_is_there_for_each_pollutant_that_a_station_measured(air):
    loaded, sheets = air
    wanted = {f"{ID}sensor/{r.station}~{r.pollutant}" for sheet in sheets for r in sheet.readings()}
    found = loaded.select(f"SELECT ?s {{ ?s a sosa:Sensor FILTER (STRSTARTS(STR(?s), '{ID}sensor/')) }}")
    assert {row["s"] for row in found} == wanted


def test_missing_values_are_no_zeros(sample_sensors):
    sheet = sample_sheets(sample_sensors.settings)[0]
    days = [row["Ημερο"] for row in sheet.rows() if row["PM10"] == "#"]
    assert days
    for day in days:
        assert sample_sensors.value(f"air-quality-observation/901~pm10~{day}", "sosa:hasSimpleResult") is None


# --- the other sheets of the workbook: other wordings of the same thing


def sheet_of(path, title, headings, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[title, *headings], *rows])


@pytest.mark.parametrize(
    ("name", "title", "station"),
    [
        ("aq-csv-5-Στ_ΛΑΓΚΑΔΑ", "Στ. Ατμοσφαιρικής\nΡύπανσης\n οδού Λαγκαδά\n", "3"),
        ("aq-csv-3", "Στ. Ατμοσφαιρικής Ρύπανσης Μαλακοπής (Άνω Τούμπα)", "5"),
        ("Στ_ΝΕΟΥ_ΔΗΜΑΡΧΕΙΟΥ", "", "6"),
        ("sheet", "ΣΤΑΘΜΟΣ 25ΗΣ ΜΑΡΤΙΟΥ", "2"),
        ("sheet", "Στ. Προσομοίωσης Α/Α 917", "917"),
    ],
)
def test_a_sheet_is_its_stations_by_file_name_or_title(tmp_path, name, title, station):
    path = tmp_path / f"{name}.csv"
    sheet_of(path, title, ["A.A.", "Ημερομηνία", "Ο3 (μg/m³)"], [["", "1", "2012-03-01", "41"]])
    loaded = load_sensors(tmp_path / "data", {"air-quality": path})
    assert loaded.value(f"air-quality-observation/{station}~o3~2012-03-01", "sosa:hasSimpleResult") == 41


@pytest.mark.parametrize(
    ("name", "title"),
    [("sheet3", "Στ. Ατμοσφαιρικής Ρύπανσης Καλαμαριάς"), ("Στ_ΕΓΝΑΤΙΑΣ", "Στ. οδού Λαγκαδά")],
)
def test_a_sheet_of_no_or_of_two_stations_is_not_guessed(tmp_path, name, title):
    path = tmp_path / f"{name}.csv"
    sheet_of(path, title, ["Ημερομηνία", "O3 μg/m3"], [["", "2012-03-01", "41"]])
    loaded = load_sensors(tmp_path / "data", {"air-quality": path})
    assert loaded.counts("air-quality") == (1, 0, 1)
    (held,) = loaded.held("air-quality")
    assert all(reason.messages["el"] and reason.expected["el"] for reason in held.reasons)


def test_headings_may_be_worded_otherwise_and_the_unit_counts(tmp_path):
    headings = ["Α/Α", "Ημερο-\nμηνία", "Ημέρα", "SO2 [μg/m3]", "ΡΜ10\nµg/m³", "PM2.5 μg/m3", "CO\nmg/m3"]
    path = tmp_path / "Στ_ΕΓΝΑΤΙΑΣ.csv"
    row = ["ΕΤΟΣ 2013", "1", "1/3/2013", "Παρασκευή", "8", "44,5", "#", "2.2000000000000002"]
    sheet_of(path, "Στ. Εγνατίας", headings, [row, [], ["ΕΤΟΣ 2014"], ["", "2", "2/3/2013", "Σάββατο"]])
    loaded = load_sensors(tmp_path / "data", {"air-quality": path})
    assert loaded.counts("air-quality") == (2, 2, 0)
    found = {row["p"].removeprefix(PROPERTY): row["v"] for row in observations(loaded)}
    assert found == {"so2": 8, "pm10": Decimal("44.5"), "co": Decimal("2.2000000000000002")}


def test_another_unit_in_the_heading_is_converted(tmp_path):
    path = tmp_path / "Στ_ΕΓΝΑΤΙΑΣ.csv"
    headings = ["Ημερομηνία", "CO μg/m3", "NO2 mg/m3", "ΑΣ10 μg/m3"]
    sheet_of(path, "Στ. Εγνατίας", headings, [["", "2013-03-01 00:00:00", "2200", "0.041", "17"]])
    loaded = load_sensors(tmp_path / "data", {"air-quality": path})
    found = {row["p"].removeprefix(PROPERTY): (row["v"], row["unit"]) for row in observations(loaded)}
    assert found == {
        "co": (Decimal("2.2"), f"{UNIT}MilliGM-PER-M3"),
        "no2": (41, f"{UNIT}MicroGM-PER-M3"),
        "pm10": (17, f"{UNIT}MicroGM-PER-M3"),
    }


def test_a_bad_row_costs_only_itself(tmp_path):
    path = tmp_path / "Στ_ΕΓΝΑΤΙΑΣ.csv"
    rows = [
        ["", "2013-03-01", "41", ""],
        ["", "2013-03-02", "βλάβη", ""],  # no number
        ["", "2013-03-03", "-4", ""],  # below zero
        ["", "", "12", ""],  # no day
        ["", "2013-02-30", "12", ""],  # no such day
        ["", "2013-03-06", "7", "3"],  # a column that nobody knows
        ["", "2013-03-07", "5", ""],
        ["", "2013-03-07", "6", ""],  # the same day twice
    ]
    sheet_of(path, "Στ. Εγνατίας", ["Ημερομηνία", "O3 μg/m3", "Βενζόλιο μg/m3"], rows)
    loaded = load_sensors(tmp_path / "data", {"air-quality": path})
    assert loaded.counts("air-quality") == (8, 1, 7)
    assert {row["v"] for row in observations(loaded)} == {Decimal(41)}
    for held in loaded.held("air-quality"):
        assert held.raw
        assert all(reason.messages["el"] and reason.messages["en"] for reason in held.reasons)
        assert all(reason.expected["el"] and reason.expected["en"] for reason in held.reasons)


# --- the sheet of stations


@pytest.mark.shared
@pytest.mark.slow
def test_the_real_stations_lie_where_the_letters_say(real_air, shared):
    path = shared / "data" / "sensors" / "aq-csv-2-Χαρακτηριστικά_Σταθμών.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row and row[0].isdigit()]
    assert real_air.counts("air-quality-stations") == (len(rows), len(rows), 0)
    for number, name, year, north, east, elevation, *_ in rows:
        point = real_air.value(f"station/{number}~geometry", "geo:asWKT")
        lon, lat = map(float, point.removeprefix("POINT(").removesuffix(")").split())
        assert (lon, lat) == (pytest.approx(degrees(east), abs=1e-6), pytest.approx(degrees(north), abs=1e-6))
        assert 22 < lon < 23 and 40 < lat < 41
        assert real_air.value(f"station/{number}", "schema:elevation") == Decimal(elevation)
        assert real_air.value(f"station/{number}", "dcterms:created") == year
        names = real_air.select(
            f"SELECT ?l {{ <{ID}station/{number}> rdfs:label ?l FILTER (LANG(?l) = 'el') }}"
        )
        assert names == [{"l": " ".join(name.split())}]


def degrees(text):
    """Decimal degrees of `40ο 38' 15.62''Ν`, the letter left out."""
    whole, minutes, seconds = text.replace(",", ".").replace("''", " ").replace("'", " ").split()[:3]
    return float(whole[:-1]) + float(minutes) / 60 + float(seconds) / 3600


def test_the_tables_around_the_stations_are_no_stations(sample_sensors):
    assert sample_sensors.counts("air-quality-stations") == (2, 2, 0)
    kinds = defaultdict(set)
    for row in sample_sensors.select("SELECT ?s ?t { ?s a sosa:Platform ; dcterms:type ?t }"):
        kinds[row["s"]].add(row["t"].rpartition("/")[2])
    assert kinds[f"{ID}station/901"] == {"urban-traffic"}
    assert kinds[f"{ID}station/902"] == {"urban-background"}


def test_the_sheets_are_the_ones_of_the_sample():
    assert all(isinstance(sheet, Sheet) and sheet.path.is_file() for sheet in sample_sheets(Settings()))
