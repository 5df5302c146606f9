import json

import pytest
from support.heritage import CODE, ID, NAMESPACES, load_places, sample_copy

from kamara.config import Settings
from kamara.loaders.pipeline import load
from kamara.loaders.source import choose, read_sources

DATASETS = ["public-monuments", "world-heritage", "edm-records", "oai-records"]
EDM, SKOS, GEO = (
    NAMESPACES["edm"],
    "http://www.w3.org/2004/02/skos/core#",
    "http://www.opengis.net/ont/geosparql#",
)
DCTERMS, DC = "http://purl.org/dc/terms/", NAMESPACES["dc"]
PREFIXES = "".join(
    f"PREFIX {prefix}: <{namespace}> " for prefix, namespace in {**NAMESPACES, "geo": GEO}.items()
)
SITE = f"{ID}world-heritage-site/456"


def monument(row):
    return f"{ID}public-monument/{row['key']}"


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_record_is_published_or_in_quarantine_with_its_reason(heritage, dataset):
    (counts,) = [outcome.counts for outcome in heritage.outcomes if outcome.dataset == dataset]
    held = heritage.held(dataset)
    assert counts.published + counts.quarantined == heritage.records(dataset)
    assert counts.quarantined == len(held)
    for record in held:
        assert all(reason.messages["el"] and reason.messages["en"] for reason in record.reasons)


def test_of_the_real_files_only_these_are_held(real_heritage):
    held = {
        dataset: [record.file.split()[0] for record in real_heritage.held(dataset)] for dataset in DATASETS
    }
    # one has neither title nor description, the other holds a place without a name
    assert held == {
        "public-monuments": [],
        "world-heritage": [],
        "edm-records": ["Item_35834473.xml", "edm1.xml"],
        "oai-records": [],
    }


def test_a_monument_has_its_names_and_descriptions_in_both_languages(heritage):
    for row in heritage.monuments():
        assert heritage.values(monument(row), f"{SKOS}prefLabel") == {row["title_el"], row["title_en"]}
        assert heritage.values(monument(row), f"{DC}description") == {
            row["description_el"],
            row["description_en"],
        }


def test_a_position_is_written_longitude_first(heritage):
    rows = heritage.select(
        PREFIXES + "SELECT ?m ?wkt { ?m a <https://schema.org/LandmarksOrHistoricalBuildings> ;"
        " geo:hasGeometry/geo:asWKT ?wkt }"
    )
    assert {row["m"]: row["wkt"] for row in rows} == {
        monument(row): f"POINT({row['lon']} {row['lat']})" for row in heritage.monuments() if row["lat"]
    }


def test_a_monument_without_a_position_has_no_geometry(sample_heritage):
    assert sample_heritage.values(f"{ID}public-monument/umbrellas", f"{GEO}hasGeometry") == set()
    assert sample_heritage.values(f"{ID}public-monument/umbrellas~geometry", f"{GEO}asWKT") == set()


def test_tags_become_kinds_and_periods(heritage):
    for row in heritage.monuments():
        kinds = heritage.values(monument(row), f"{EDM}hasType")
        assert {
            f"{CODE}heritage-type/{tag}" for tag in row["type"] if tag not in ("ottoman", "unesco")
        } <= kinds
        periods = {f"{CODE}heritage-period/ottoman"} if "ottoman" in row["type"] else set()
        assert heritage.values(monument(row), f"{DCTERMS}temporal") == periods


def test_the_white_tower_is_not_one_of_the_fifteen(heritage):
    components = heritage.values(SITE, f"{DCTERMS}hasPart")
    assert len(components) == 15
    names = {name for component in components for name in heritage.values(component, f"{SKOS}prefLabel")}
    assert not any("Tower" in name or "Πύργος" in name for name in names)
    (tower,) = [monument(row) for row in heritage.monuments() if row["title_el"] == "Λευκός Πύργος"]
    assert heritage.select(f"SELECT ?p {{ <{tower}> ?p <{SITE}> }}") == []
    assert not any(value.endswith("unesco") for value in heritage.values(tower, f"{EDM}hasType"))


def test_an_area_is_in_square_metres(heritage):
    rows = heritage.select(f"SELECT ?component ?area {{ ?component <{GEO}hasMetricArea> ?area }}")
    assert {row["component"].rpartition("/")[2]: row["area"] for row in rows} == {
        row["unesco_id"]: pytest.approx(float(row["area_ha"]) * 10_000)
        for row in heritage.components()
        if row["area_ha"]
    }


def test_one_monument_of_two_sources_is_two_things(sample_heritage):
    names = "{ ?thing skos:prefLabel ?name FILTER(STR(?name) = 'Ροτόντα') }"
    found = sample_heritage.select(f"{PREFIXES} SELECT DISTINCT ?thing {names}")
    rotunda, component = f"{ID}public-monument/rotunda", f"{ID}world-heritage-component/456-002"
    assert {row["thing"] for row in found} == {rotunda, component}
    assert sample_heritage.values(rotunda, "http://www.w3.org/2002/07/owl#sameAs") == set()


# fault: (what the first monument then says, what the reason names)
SPOILED = {
    "an unknown kind": ({"type": ["castle"]}, "castle"),
    "coordinates the wrong way round": ({"lon": 40.63333, "lat": 22.952917}, "POINT(40.63333 22.952917)"),
    "a position out of range": ({"lat": 140.6}, "140.6"),
    "no English name": ({"title_en": None}, ""),
    "no key": ({"key": None}, ""),
}


@pytest.mark.parametrize("fault", SPOILED)
def test_a_bad_monument_is_held_and_the_others_are_published(tmp_path, fault):
    said, named = SPOILED[fault]
    place = sample_copy("public-monuments", tmp_path)
    path = place / "public-monuments.json"
    first, *others = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps([first | said, *others], ensure_ascii=False), encoding="utf-8")
    heritage = load_places(tmp_path / "data", {"public-monuments": place})
    (held,) = heritage.held("public-monuments")
    assert held.first_line == 1
    assert any(named in reason.found for reason in held.reasons)
    assert heritage.outcomes[-1].counts.published == len(others)


def test_fourteen_components_are_refused(tmp_path):
    place = sample_copy("world-heritage", tmp_path)
    path = place / "unesco_456_components.csv"
    path.write_text(
        "".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:-1]), encoding="utf-8"
    )
    settings = Settings(data_dir=tmp_path / "data")
    report = load(settings, choose(read_sources(settings.resources), ["world-heritage"]), place)
    assert "has 14 of its 15 components" in str(report.failures["world-heritage"])
