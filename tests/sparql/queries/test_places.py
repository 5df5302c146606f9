import re
from collections import defaultdict

import pytest
from support.heritage import ID
from support.places import SHEETS

THESSALONIKI = f"{ID}municipality/9031"
WORDS = {kind: sheet for sheet, (kind, _) in SHEETS.items()} | {"region": "Περιφέρεια"}


def plain(text):
    return re.findall(r"\w+", text.lower())


def standing(city):
    """The municipality of each monument with a position, by its key."""
    placed = [row for row in city.monuments() if row["lon"] is not None]
    return {row["key"]: city.municipality_at(row["lon"], row["lat"]) for row in placed}


def on_named_places(city):
    """The place of the register that each monument is tied to, by the monument's key: its row there."""
    rows = {f"{ID}{row['kind'].lower()}/{row['key']}": row for row in city.names()}
    found = {}
    for row in city.monuments():
        tied = city.values(f"{ID}public-monument/{row['key']}", "http://purl.org/dc/terms/spatial")
        (place, *_) = [*tied & rows.keys(), None]
        if place:
            found[row["key"]] = rows[place]
    return found


def around(city):
    """The keys of the monuments in each municipality, by position or by a place of it in their location."""
    found = defaultdict(set)
    for key, code in standing(city).items():
        found[code].add(key)
    for key, row in on_named_places(city).items():
        found[row["municipality"]].add(key)
    return found


def test_around_a_municipality_is_all_that_lies_in_it_or_on_a_place_of_it(city):
    rows = city.ask("around", place=THESSALONIKI)
    monuments = {row["key"]: row for row in city.monuments()}
    expected = {f"{ID}public-monument/{key}" for key in around(city)["9031"]} | {f"{ID}organization/6114"}
    assert {row["thing"] for row in rows} == expected
    assert len(rows) == len(expected)
    for row in rows:
        if "/public-monument/" in row["thing"]:
            source = monuments[row["thing"].rpartition("/")[2]]
            assert (row["name_el"], row["name_en"]) == (source["title_el"], source["title_en"])
            assert row["date"] == (str(source["year"]) if source["year"] else None)


def test_around_a_street_are_the_monuments_whose_location_names_it(city):
    for key, place in on_named_places(city).items():
        rows = city.ask("around", place=f"{ID}{place['kind'].lower()}/{place['key']}")
        assert f"{ID}public-monument/{key}" in {row["thing"] for row in rows}
        (location,) = [row["location_el"] for row in city.monuments() if row["key"] == key]
        bare = [plain(form)[-1] for form in (place["name_el"], *place["forms"].split(";"))]
        assert any(word in plain(location) for word in bare)


def test_around_a_regional_unit_is_what_lies_in_its_municipalities(city):
    (unit,) = [u.within for u in city.units() if (u.kind, u.code) == ("municipality", "9031")]
    codes = {u.code for u in city.units() if u.within == unit}
    expected = set().union(*(keys for code, keys in around(city).items() if code in codes))
    found = {row["thing"] for row in city.ask("around", place=ID + unit)}
    assert found == {f"{ID}public-monument/{key}" for key in expected} | {f"{ID}organization/6114"}


def test_the_municipalities_of_a_regional_unit_and_whether_they_have_boundaries(city):
    rows = city.ask("places-municipalities", municipality=THESSALONIKI)
    units = [u for u in city.units() if u.kind == "municipality"]
    (unit,) = [u.within for u in units if u.code == "9031"]
    drawn = {feature["properties"]["KWD_YPES"] for feature in city.features()}
    assert [(row["code"], row["name_el"], row["has_boundary"]) for row in rows] == [
        (u.code, f"Δήμος {u.name}", u.code in drawn)
        for u in sorted(units, key=lambda u: u.code)
        if u.within == unit
    ]


@pytest.mark.parametrize("level", [5, 6, 7, 8])
def test_the_areas_of_a_census_level_by_population(city, level):
    rows = city.ask("places-population", year="2011", level=str(level))
    areas = sorted((-a.population, a.code, a.name) for a in city.census() if a.level == level)
    assert [(-row["population"], row["code"], row["name"]) for row in rows] == areas


def test_no_area_of_a_year_without_census(city):
    assert city.ask("places-population", year="2021", level="5") == []


def test_the_number_of_things_of_each_kind_in_each_municipality(city):
    codes = {u.code for u in city.units() if u.kind == "municipality"}
    expected = {(code, "public-monument"): len(keys) for code, keys in around(city).items() if code in codes}
    expected["9031", "organization"] = 1
    found = {
        (row["municipality"].rpartition("/")[2], row["kind"]): row["things"]
        for row in city.ask("places-things")
    }
    assert found == expected


def test_the_numbers_of_a_municipality_in_each_register(city):
    census = [a.code for a in city.census() if a.name.startswith("ΔΗΜΟΣ ΘΕΣΣΑΛΟΝΙΚΗΣ (")]
    rows = city.ask("places-identifiers", municipality=THESSALONIKI)
    assert sorted(row["number"] for row in rows) == sorted(["9031", "6114", "998082845", "9031", *census])
    assert all(row["register_el"] and row["register_en"] for row in rows)


def test_the_units_that_a_place_lies_in_from_the_nearest_to_the_region(city):
    units = {f"{u.kind}/{u.code}": u for u in city.units()}
    for row in city.names():
        chain = []
        at = f"municipality/{row['municipality']}" if row["municipality"] else ""
        while at:
            chain.append((ID + at, f"{WORDS[units[at].kind]} {units[at].name}"))
            at = units[at].within
        found = city.ask("places-within", place=f"{ID}{row['kind'].lower()}/{row['key']}")
        assert [(unit["unit"], unit["name_el"]) for unit in found] == chain


@pytest.mark.parametrize("text", ["Εγνατία", "πλατεία", "ΠΎΛΗ", "Olgas", "τίποτα"])
def test_the_places_whose_name_holds_a_text(city, text):
    rows = city.ask("places-named", text=text)
    expected = [
        (f"{ID}{row['kind'].lower()}/{row['key']}", row["source"])
        for row in city.names()
        if any(
            text.lower() in form.lower()
            for form in (row["name_el"], row["name_en"], *row["forms"].split(";"))
        )
    ]
    assert [(row["place"], row["source"]) for row in rows] == sorted(expected)
