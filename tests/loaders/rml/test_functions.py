import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.mapping import CODES, functions

from kamara.loaders.errors import MappingError, RecordError
from kamara.loaders.folding import fold
from kamara.loaders.rml.codelists import CodeLists
from kamara.loaders.rml.coordinates import dms, wkt
from kamara.loaders.rml.dates import athens_date, athens_date_time, iso_date
from kamara.loaders.rml.functions import before, greek_decimal
from kamara.loaders.rml.naming import safe_iri, slug
from kamara.loaders.rml.quantities import quantity

BASE = "https://data.thessaloniki.gr/"
SERVICE = f"{BASE}code/service"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,56", "1234.56"),
        ("1234,56", "1234.56"),
        ("-0,50", "-0.50"),
        ("389.500.000,00", "389500000.00"),
        ("7", "7"),
    ],
)
def test_greek_decimals(text, number):
    assert greek_decimal(text) == number


@pytest.mark.parametrize(
    "text", ["12.5", "1,234.56", "1.23,4", "1234.567,8", ",5", "5,", "--1", "1 000,00", "١,٢", "ένα"]
)
def test_what_is_no_greek_decimal(text):
    with pytest.raises(RecordError):
        greek_decimal(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_a_number_written_the_greek_way_is_read_back(number):
    written = f"{number:,.2f}".translate(str.maketrans(",.", ".,"))
    assert Decimal(greek_decimal(written)) == number


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1/4/2016", "2016-04-01"),
        ("01-04-2016", "2016-04-01"),
        ("1.4.2016", "2016-04-01"),
        ("2016-04-01", "2016-04-01"),
        ("2016-03-31T22:30:00Z", "2016-04-01"),
        ("2016-04-01T00:30:00+03:00", "2016-04-01"),
        ("2016-04-01T00:30:00+05:00", "2016-03-31"),
        ("2016-04-01T10:30", "2016-04-01"),
        ("1/4/2016 23:59", "2016-04-01"),
        ("1459458000000", "2016-04-01"),
        ("1459457999999", "2016-03-31"),
    ],
)
def test_days_are_those_of_athens(text, day):
    assert athens_date(text) == day


@pytest.mark.parametrize(
    "text", ["0000-00-00", "31/2/2016", "4/1/16", "2016-13-01", "1/4-2016", "χθες", "20160401", "9" * 15]
)
def test_what_is_no_date(text):
    with pytest.raises(RecordError):
        athens_date(text)


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2016-04-01T10:30:00Z", "2016-04-01T13:30:00+03:00"),
        ("1/12/2016 10:30", "2016-12-01T10:30:00+02:00"),
        ("1459495800000", "2016-04-01T10:30:00+03:00"),
        ("30/10/2016 03:30", "2016-10-30T03:30:00+03:00"),
    ],
)
def test_times_have_the_offset_of_athens(text, time):
    assert athens_date_time(text) == time


@pytest.mark.parametrize("text", ["1/4/2016", "27/3/2016 03:30", "1/1/1900 10:00", "2016-04-01T25:00"])
def test_a_day_a_skipped_hour_and_local_mean_time_are_no_times(text):
    with pytest.raises(RecordError):
        athens_date_time(text)


@given(st.integers(min_value=-1_500_000_000_000, max_value=4_000_000_000_000))
def test_a_moment_is_the_same_however_it_is_written(milliseconds):
    if len(str(abs(milliseconds))) >= 9:
        time = athens_date_time(str(milliseconds))
        assert athens_date_time(time) == time
        assert athens_date(time) == athens_date(str(milliseconds)) == time[:10]


@pytest.mark.parametrize("text", ["2016-04-01", "2016_04_01", "20160401"])
def test_iso_days(text):
    assert iso_date(text) == "2016-04-01"


@pytest.mark.parametrize("text", ["2016-04_01", "2016-02-30", "1/4/2016"])
def test_what_is_no_iso_day(text):
    with pytest.raises(RecordError):
        iso_date(text)


def test_before():
    assert before("6011.01.01", ".") == "6011"
    assert before("6011", ".") == "6011"


@pytest.fixture
def service(tmp_path):
    (tmp_path / "codes.ttl").write_text(CODES, encoding="utf-8")
    return CodeLists.read(tmp_path, BASE).scheme(SERVICE)


@pytest.mark.parametrize("text", ["10", "ΥΠΗΡΕΣΙΑ  ΠΟΛΕΟΔΟΜΙΑΣ", " υπηρεσία πολεοδομίας ", "urban planning"])
def test_a_concept_is_found_by_code_or_label_without_case_accents_and_spaces(service, text):
    assert service.find(text).iri == f"{SERVICE}/10"
    assert service.find(text).notation == "10"


@pytest.mark.parametrize(("text", "says"), [("Άγνωστη", "not in"), ("Γενικά", "ambiguous")])
def test_a_text_that_names_no_concept_or_two(service, text, says):
    with pytest.raises(RecordError, match=says) as caught:
        service.find(text)
    assert SERVICE in str(caught.value)
    assert text in str(caught.value)


def test_a_code_list_that_is_not_there_or_not_turtle(tmp_path):
    with pytest.raises(MappingError, match="no code list"):
        CodeLists.read(tmp_path, BASE).scheme(SERVICE)
    (tmp_path / "broken.ttl").write_text("<a> <b", encoding="utf-8")
    with pytest.raises(MappingError, match="not Turtle"):
        CodeLists.read(tmp_path, BASE).scheme(SERVICE)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_dots_and_ampersands_are_part_of_a_text():
    assert fold("Κ.Α.") != fold("ΚΑ")
    assert fold("Α & Β") != fold("Α Β")


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("40° 38' 01.4'' Β", "40.6337222"),
        ("40ο 38' 15.62''Ν", "40.6376722"),  # the city's sheet: an omicron, and a Greek Ν for north
        ("22ο 57' 14,41''Ε", "22.9540028"),
        ("22°56′ 28.68″ Α", "22.9413"),
        ("0° 30' Δ", "-0.5"),
        ("12° 30' S", "-12.5"),
        ("180°", "180"),
        ("0°", "0"),
    ],
)
def test_degrees_minutes_and_seconds(text, degrees):
    assert dms(text) == degrees


@pytest.mark.parametrize(
    "text", ["", "40.6", "40° 60'", "40° 38' 60''", "91° N", "181° E", "40° 38' Q", "40° 38' 1.4'' ΒΒ"]
)
def test_what_is_no_angle(text):
    with pytest.raises(RecordError) as caught:
        dms(text)
    assert caught.value.expected != caught.value.expected_el


@given(st.integers(0, 89), st.integers(0, 59), st.integers(0, 5999))
def test_an_angle_is_the_sum_of_its_parts(degrees, minutes, hundredths):
    made = float(dms(f"{degrees}° {minutes}' {hundredths / 100:.2f}'' N"))
    assert made == pytest.approx(degrees + minutes / 60 + hundredths / 360_000, abs=1e-7)


def test_a_point():
    assert wkt("22.941762", "40.637481") == "POINT(22.941762 40.637481)"
    assert wkt("2.2900E1", "-0.0") == "POINT(22.9 0)"


@pytest.mark.parametrize(
    ("lon", "lat"),
    [("40", "91"), ("181", "40"), ("22,9", "40"), ("NaN", "40"), ("22", "x"), ("1e999", "4"), ("", "")],
)
def test_what_is_no_point(lon, lat):
    with pytest.raises(RecordError):
        wkt(lon, lat)


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [
        ("23.5 °C", "", "23.5"),
        ("23,5°C", "°C", "23.5"),
        ("-0.00 %", "%", "-0.00"),
        ("12 µg/m³", "", "12"),
        (" 42 ", "V", "42"),
    ],
)
def test_quantities(text, unit, number):
    assert quantity(text, unit) == number


@pytest.mark.parametrize(
    ("text", "unit"), [("1.234,5 €", ""), ("23.5 °F", "°C"), ("#", ""), ("", ""), ("5 6", ""), ("1.", "")]
)
def test_what_is_no_quantity(text, unit):
    with pytest.raises(RecordError):
        quantity(text, unit)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Λευκός Πύργος", "λευκός-πύργος"),
        ("  ΟΔΟΣ  Εγνατίας_12/α ", "οδος-εγνατίας-12-α"),
        ("A\u0301", "á"),
    ],
)
def test_slugs(text, made):
    assert slug(text) == made


@given(st.text())
def test_a_slug_of_a_slug_is_itself(text):
    try:
        made = slug(text)
    except RecordError:
        return
    assert slug(made) == made or made != made.lower()


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        (" http://example.org/a b\n", "http://example.org/a%20b"),
        ('http://example.org/"ά"<x>', "http://example.org/%22ά%22%3Cx%3E"),
        ("http://example.org/100%?q=%20", "http://example.org/100%25?q=%20"),
        ("urn:isbn:1", "urn:isbn:1"),
    ],
)
def test_safe_iris(text, iri):
    assert safe_iri(text) == iri


@pytest.mark.parametrize("text", ["", "a b", "//x", "http://[", "αβ:γ"])
def test_what_cannot_become_an_iri(text):
    with pytest.raises(RecordError):
        safe_iri(text)


def test_the_page_on_mappings_names_every_function_and_no_other(root, tmp_path):
    table = (root / "docs" / "mapping.md").read_text(encoding="utf-8").partition("| --- | --- | --- |")[2]
    named = {
        name
        for row in table.splitlines()
        if row.startswith("|")
        for name in re.findall(r"`(\w+)`", row.split("|")[1])
    }
    with pytest.raises(MappingError) as caught:
        functions(tmp_path).bind("http://example.org/none", {})
    assert set(caught.value.remedy.rpartition(": ")[2].split(", ")) == named
