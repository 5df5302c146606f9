import json
import re
from collections import Counter
from unicodedata import combining, normalize

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.heritage import ID
from support.places import SHEETS, inside, load_places, sample_copy, samples

from kamara.loaders.places import read_places
from kamara.resources import DEFAULT_BASE
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.state import States

DATASETS = ["kallikratis", "municipal-boundaries", "census-population", "place-names", "public-monuments"]
GEO, KAM = "http://www.opengis.net/ont/geosparql#", f"{DEFAULT_BASE}def/"
RDFS, SKOS = "http://www.w3.org/2000/01/rdf-schema#", "http://www.w3.org/2004/02/skos/core#"
DCTERMS, ADMS = "http://purl.org/dc/terms/", "http://www.w3.org/ns/adms#"
REAL = {"kallikratis": 1446, "municipal-boundaries": 13, "census-population": 16, "public-monuments": 36}


def plain(text):
    """A text in capitals without accents, with one space for whatever is no letter or digit."""
    bare = "".join(c for c in normalize("NFD", text) if not combining(c)).upper().replace("ς", "Σ")
    return " ".join(re.findall(r"\w+", bare))


def numbers(nested):
    """All coordinates in GeoJSON, one after the other."""
    return [nested] if isinstance(nested, int | float) else [n for part in nested for n in numbers(part)]


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_record_is_published_or_in_quarantine(city, dataset):
    (counts,) = [outcome.counts for outcome in city.outcomes if outcome.dataset == dataset]
    assert counts.published + counts.quarantined == city.records(dataset)
    assert (counts.quarantined, city.held(dataset)) == (0, [])


@pytest.mark.parametrize("dataset", REAL)
def test_the_real_files_hold_so_many_records(real_city, dataset):
    assert real_city.records(dataset) == REAL[dataset]


def test_a_boundary_has_every_coordinate_of_the_file_longitude_first(city):
    for feature in city.features():
        boundary = f"{ID}boundary/{feature['properties']['KWD_YPES']}"
        (wkt,) = city.values(boundary, f"{GEO}asWKT")
        assert wkt.startswith("MULTIPOLYGON (((")
        found = [float(text) for text in re.findall(r"[0-9.]+", wkt)]
        assert found == numbers(feature["geometry"]["coordinates"])


def test_a_boundary_is_the_geometry_of_its_municipality(city):
    rows = city.select(f"""SELECT ?boundary ?place WHERE {{ ?boundary <{KAM}geometryOf> ?place
        FILTER (CONTAINS(STR(?boundary), "/boundary/")) }}""")
    codes = [feature["properties"]["KWD_YPES"] for feature in city.features()]
    assert sorted((row["boundary"], row["place"]) for row in rows) == sorted(
        (f"{ID}boundary/{code}", f"{ID}municipality/{code}") for code in codes
    )


def test_a_community_lies_in_its_municipality_and_has_its_polygon(sample_city):
    for feature in sample_city.communities():
        said = feature["properties"]
        community = f"{ID}community/{said['code']}"
        assert sample_city.values(community, f"{GEO}sfWithin") == {f"{ID}municipality/{said['municipality']}"}
        (wkt,) = sample_city.values(f"{community}~geometry", f"{GEO}asWKT")
        found = [float(text) for text in re.findall(r"[0-9.]+", wkt)]
        assert found == numbers(feature["geometry"]["coordinates"])


def test_units_lie_within_each_other_as_the_workbook_says(city):
    kinds = "|".join(kind for kind, _ in SHEETS.values())
    rows = city.select(
        f"""SELECT ?unit ?within WHERE {{ ?unit <{GEO}sfWithin> ?within
        FILTER (REGEX(STR(?unit), "/id/({kinds})/")) }}"""
    )
    expected = {(f"{ID}{u.kind}/{u.code}", ID + u.within) for u in city.units() if u.within}
    assert {(row["unit"], row["within"]) for row in rows} == expected
    assert len(rows) == len(expected)


def test_a_unit_has_its_name_and_its_code(city):
    rows = city.select(
        f"""SELECT ?unit ?label ?code WHERE {{ ?unit <{ADMS}identifier>/<{SKOS}notation> ?code ;
        a <{GEO}Feature> ; <{RDFS}label> ?label
        FILTER (LANG(?label) = "el" && !REGEX(STR(?unit), "/(census-area|community)/")) }}"""
    )
    words = {kind: sheet for sheet, (kind, _) in SHEETS.items()} | {"region": "Περιφέρεια"}
    assert sorted((row["unit"], row["label"], row["code"]) for row in rows) == sorted(
        (f"{ID}{u.kind}/{u.code}", f"{words[u.kind]} {u.name}", u.code) for u in city.units()
    )


def test_the_populations_are_those_of_the_census_area_by_area(city):
    rows = city.select(
        f"""SELECT ?area ?people ?level ?name WHERE {{
        ?seen <http://purl.org/linked-data/sdmx/2009/dimension#refArea> ?area ; <{KAM}population> ?people .
        ?area <{KAM}censusLevel> ?level ; <{RDFS}label> ?name FILTER (LANG(?name) = "el") }}"""
    )
    assert sorted((row["area"], row["people"], row["level"], row["name"]) for row in rows) == sorted(
        (f"{ID}census-area/2011~{a.code}", a.population, a.level, a.name) for a in city.census()
    )
    assert sum(row["people"] for row in rows) == sum(area.population for area in city.census())


def test_a_census_area_is_a_place_only_when_one_place_has_all_of_its_name(city):
    words = {"municipality": "ΔΗΜΟΣ", "municipal-unit": "ΔΗΜΟΤΙΚΗ ΕΝΟΤΗΤΑ"}
    called = Counter()
    found = {}
    for unit in city.units():
        name = plain(f"{words.get(unit.kind, unit.kind)} {unit.name}")
        called[name] += 1
        found[name] = f"{ID}{unit.kind}/{unit.code}"
    expected = {}
    for area in city.census():
        name = plain(area.name.partition(" (")[0])
        if called[name] == 1:
            expected[f"{ID}census-area/2011~{area.code}"] = found[name]
    rows = city.select(f"SELECT ?area ?place WHERE {{ ?area <{GEO}sfEquals> ?place }}")
    assert {row["area"]: row["place"] for row in rows} == expected
    assert expected


def test_place_names_have_their_forms_kind_and_source(city):
    for row in city.names():
        place = f"{ID}{row['kind'].lower()}/{row['key']}"
        assert city.values(place, f"{RDFS}label") == {row["name_el"], row["name_en"]}
        assert city.values(place, f"{SKOS}altLabel") == set(row["forms"].split(";"))
        assert city.values(place, f"{DCTERMS}source") == {row["source"]}
        within = {f"{ID}municipality/{row['municipality']}"} if row["municipality"] else set()
        assert city.values(place, f"{GEO}sfWithin") == within
        assert KAM + row["kind"] in city.values(place, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


def test_every_place_name_occurs_in_the_citys_files_or_in_ours(real_city, shared):
    station = next((shared / "data" / "sensors").glob("aq-csv-2-*.csv")).read_text(encoding="utf-8")
    said = plain(json.dumps(real_city.monuments(), ensure_ascii=False) + station)
    for row in real_city.names():
        forms = [row["name_el"], *row["forms"].split(";")]
        bare = [re.sub(r"^(ΟΔΟΣ|ΟΔΟΥ|ΠΛΑΤΕΙΑ|ΠΛΑΤΕΙΑΣ) ", "", plain(form)) for form in forms]
        assert any(form in said for form in bare), row["key"]


def test_a_monument_is_tied_to_the_smallest_unit_that_it_stands_in(city):
    rows = city.select(
        f"""SELECT ?monument ?place WHERE {{ ?monument <{DCTERMS}spatial> ?place
        FILTER (CONTAINS(STR(?monument), "/public-monument/"))
        FILTER (REGEX(STR(?place), "/(municipality|community)/")) }}"""
    )
    standing = {
        f"{ID}public-monument/{row['key']}": city.place_at(row["lon"], row["lat"])
        for row in city.monuments()
        if row["lon"] is not None
    }
    assert {row["monument"]: row["place"] for row in rows} == {
        monument: ID + place for monument, place in standing.items() if place
    }
    assert rows


def test_a_monument_is_tied_to_the_street_or_square_that_its_location_names(city):
    rows = city.select(
        f"""SELECT ?monument ?place WHERE {{ ?monument <{DCTERMS}spatial> ?place
        FILTER (CONTAINS(STR(?monument), "/public-monument/"))
        FILTER (REGEX(STR(?place), "/(street|square|neighbourhood)/")) }}"""
    )
    names = {
        plain(form): f"{ID}{row['kind'].lower()}/{row['key']}"
        for row in city.names()
        for form in [row["name_el"], row["name_en"], *row["forms"].split(";")]
    }
    expected = {}
    for row in city.monuments():
        said = f" {plain(row.get('location_el') or '')} "
        heard = [(len(name.split()), -said.index(f" {name} "), name) for name in names if f" {name} " in said]
        if heard:
            expected[f"{ID}public-monument/{row['key']}"] = names[max(heard)[2]]
    assert {row["monument"]: row["place"] for row in rows} == expected
    assert expected


def test_the_municipalitys_organisation_is_tied_to_its_area(city):
    assert city.values(f"{ID}organization/6114", f"{DCTERMS}spatial") == {f"{ID}municipality/9031"}


HAIRS = [(x, y) for x in (-1e-9, 1e-9) for y in (-1e-9, 1e-9)]


@pytest.mark.slow
def test_the_index_and_ray_casting_agree_all_over_the_area(city):
    layout = Layout(city.settings.data_dir)
    found = read_places(States(layout, ChangeLog(layout)).read("municipal-boundaries"), DEFAULT_BASE)
    shapes = {f["properties"]["KWD_YPES"]: f["geometry"] for f in city.features()}

    @settings(max_examples=150, deadline=None)
    @given(st.floats(22.6, 23.8), st.floats(40.4, 41.0))
    @example(23.0, 40.625)
    def agree(lon, lat):
        code = found.at(lon, lat).rpartition("/")[2]
        # Ray casting does not say whose a border is: what is a hair's breadth away may have it.
        here, near = at(lon, lat), {code for x, y in HAIRS for code in at(lon + x, lat + y)}
        assert code in here | near if code else not here

    def at(lon, lat):
        return {code for code, shape in shapes.items() if inside(lon, lat, shape)}

    agree()


SQUARE = [[22.9, 40.6], [23.0, 40.6], [23.0, 40.7], [22.9, 40.7], [22.9, 40.6]]
BOW = [[22.9, 40.6], [23.0, 40.7], [23.0, 40.6], [22.9, 40.7], [22.9, 40.6]]
METRES = [[410000, 4498000], [411000, 4498000], [411000, 4499000], [410000, 4498000]]
BAD = {
    "9102": ({"type": "Polygon", "coordinates": [BOW]}, "do not cross"),
    "9103": ({"type": "Polygon", "coordinates": [METRES]}, "WGS84"),
    "9104": (None, ""),
    "9105": ({"type": "Point", "coordinates": SQUARE[0]}, "polygon"),
    "91": ({"type": "Polygon", "coordinates": [SQUARE]}, "municipality"),
    "": ({"type": "Polygon", "coordinates": [SQUARE]}, ""),
}


def test_a_bad_boundary_costs_only_itself_and_says_why_in_both_languages(tmp_path):
    folder = sample_copy("municipal-boundaries", tmp_path)
    features = [
        {"type": "Feature", "geometry": geometry, "properties": {"NAME": "Δοκιμής", "KWD_YPES": code}}
        for code, (geometry, _) in {"9101": ({"type": "Polygon", "coordinates": [SQUARE]}, ""), **BAD}.items()
    ]
    content = {"type": "FeatureCollection", "features": features}
    (folder / "boundaries.geojson").write_text(json.dumps(content), encoding="utf-8")
    city = load_places(tmp_path / "data", {"municipal-boundaries": folder})
    (counts,) = [one.counts for one in city.outcomes if one.dataset == "municipal-boundaries"]
    assert (counts.records, counts.published, counts.quarantined) == (7, 1, 6)
    held = city.held("municipal-boundaries")
    assert [record.first_line for record in held] == [2, 3, 4, 5, 6, 7]
    for record, (_, says) in zip(held, BAD.values(), strict=True):
        said = [f"{reason.expected.get('en', '')} {reason.messages['en']}" for reason in record.reasons]
        assert any(says in text for text in said), said
        assert all(reason.messages["el"] for reason in record.reasons)


def test_a_changed_boundary_moves_the_monuments_of_the_last_load(tmp_path):
    units = {name: place for name, place in samples().items() if name != "municipal-communities"}
    before = load_places(tmp_path / "data", units)
    folder = sample_copy("municipal-boundaries", tmp_path)
    path = folder / "boundaries.geojson"
    path.write_text(path.read_text(encoding="utf-8").replace('"9031"', '"9039"'), encoding="utf-8")
    after = load_places(tmp_path / "data", {"municipal-boundaries": folder})
    rotunda = f"{ID}public-monument/rotunda"
    assert before.values(rotunda, f"{DCTERMS}spatial") == {f"{ID}municipality/9031"}
    assert after.values(rotunda, f"{DCTERMS}spatial") == {f"{ID}municipality/9039"}
