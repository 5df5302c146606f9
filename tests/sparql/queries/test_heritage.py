from collections import Counter
from math import asin, cos, radians, sin, sqrt
from unicodedata import combining, normalize
from urllib.parse import quote

import pytest
from support.heritage import CODE, ID, NAMESPACES, RDF

KINDS = {
    "Συντριβάνι": "fountain",
    "Ανδριάντας": "statue",
    "Αμιγώς εικαστικό": "purely-artistic",
    "Αμιγώς Εικαστικό": "purely-artistic",
    "Μνημείο": "memorial",
    "Διακοσμητικού χαρακτήρα": "decorative",
}
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
ROTUNDA = {"at_lon": "22.952917", "at_lat": "40.63333"}


def thing(row):
    return f"{ID}public-monument/{row['key']}"


def kinds(row):
    """The kinds of a monument, as its tags and its category say."""
    tags = {tag for tag in row["type"] if tag not in ("ottoman", "unesco")}
    return tags | ({KINDS[row["category_el"]]} if row.get("category_el") else set())


def metres(row):
    """The great-circle distance of a monument from the Rotunda (haversine)."""
    lon, lat = (radians(float(ROTUNDA[key])) for key in ("at_lon", "at_lat"))
    there, up = radians(row["lon"]), radians(row["lat"])
    half = sin((up - lat) / 2) ** 2 + cos(lat) * cos(up) * sin((there - lon) / 2) ** 2
    return 2 * 6_371_008.8 * asin(sqrt(half))


def plain(text):
    """A text without accents and capitals, all sigmas alike."""
    return "".join(c for c in normalize("NFD", text.lower()) if not combining(c)).replace("ς", "σ")


@pytest.mark.parametrize("reach", [150, 700, 2500])
def test_near_a_point_are_the_monuments_within_the_distance_the_nearest_first(heritage, reach):
    found = heritage.ask("heritage-near", metres=str(reach), **ROTUNDA)
    placed = [row for row in heritage.monuments() if row["lat"]]
    assert {row["thing"] for row in found} == {thing(row) for row in placed if metres(row) <= reach}
    far = {thing(row): metres(row) for row in placed}
    assert [far[row["thing"]] for row in found] == sorted(far[row["thing"]] for row in found)
    for row in found:
        assert sqrt(row["square_metres"]) == pytest.approx(far[row["thing"]], rel=1e-4, abs=0.1)


def test_in_a_box_are_the_monuments_between_its_sides(heritage):
    box = {"west": "22.945", "south": "40.625", "east": "22.955", "north": "40.635"}
    found = {
        row["thing"] for row in heritage.ask("heritage-in-box", **box) if "/public-monument/" in row["thing"]
    }
    west, south, east, north = map(float, box.values())
    assert found == {
        thing(row)
        for row in heritage.monuments()
        if row["lat"] and west <= row["lon"] <= east and south <= row["lat"] <= north
    }


@pytest.mark.parametrize("kind", ["sculpture", "statue", "church", "building", "landmark", "fountain"])
def test_objects_of_a_kind_are_those_of_it_and_of_narrower_kinds(heritage, kind):
    narrower = {"sculpture": {"statue"}, "building": {"church"}}.get(kind, set())
    found = {
        row["object"]: row["period"]
        for row in heritage.ask("heritage-by-kind", kind=f"{CODE}heritage-type/{kind}")
        if "/public-monument/" in row["object"]
    }
    assert found == {
        thing(row): f"{CODE}heritage-period/ottoman" if "ottoman" in row["type"] else None
        for row in heritage.monuments()
        if kinds(row) & ({kind} | narrower)
    }


def test_objects_are_counted_by_kind_and_period(real_heritage):
    found = {
        (row["kind"].rpartition("/")[2], "ottoman" if row["period"] else ""): row["objects"]
        for row in real_heritage.ask("heritage-kinds")
    }
    assert found == Counter(
        (kind, "ottoman" if "ottoman" in row["type"] else "")
        for row in real_heritage.monuments()
        for kind in kinds(row)
    )


def test_the_ensemble_is_unescos_list(heritage):
    found = heritage.ask("heritage-ensemble")
    assert [(row["number"], row["name_en"], row["name_el"]) for row in found] == [
        (row["unesco_id"], row["name_en"], row["name_el_transcriber"]) for row in heritage.components()
    ]


def records(heritage):
    """Each published record of the Europeana Data Model: the key of its object, and its XML."""
    held = {name for record in heritage.held("edm-records") for name in record.subjects}
    for root in heritage.edm():
        key = quote(root.find("edm:ProvidedCHO", NAMESPACES).get(f"{RDF}about"), safe="")
        if f"<{ID}heritage-record/{key}>" not in held:
            yield key, root


def says(root, *names):
    """Whether the institution's record has one of these elements."""
    return any(root.find(f"ore:Aggregation/edm:{name}", NAMESPACES) is not None for name in names)


def test_gaps_are_the_records_without_an_image_or_rights(heritage):
    expected = {
        f"{ID}heritage-record/{key}": (says(root, "isShownBy", "object", "hasView"), says(root, "rights"))
        for key, root in records(heritage)
    }
    found = {
        row["object"]: (row["has_image"], row["has_rights"])
        for row in heritage.ask("heritage-gaps")
        if "/heritage-record/" in row["object"]
    }
    assert found == {thing: said for thing, said in expected.items() if not all(said)}


def institution(root):
    """The name of a record's institution: its Greek one, or else the first of the alphabet."""
    provider = root.find("ore:Aggregation/edm:dataProvider", NAMESPACES)
    if provider.text and provider.text.strip():
        return provider.text
    outside = provider.get(f"{RDF}resource")
    (known,) = [
        one for one in root.iterfind("foaf:Organization", NAMESPACES) if one.get(f"{RDF}about") == outside
    ]
    names = {name.get(LANGUAGE): name.text for name in known.iterfind("skos:prefLabel", NAMESPACES)}
    return names.get("el") or min(names.values())


def test_records_are_counted_by_the_institution_that_provides_them(real_heritage):
    # a record that stands in several files is one record
    expected = Counter(name for _, name in {(key, institution(root)) for key, root in records(real_heritage)})
    found = {row["provider"]: row["records"] for row in real_heritage.ask("heritage-by-provider")}
    assert expected.items() <= found.items()


@pytest.mark.parametrize("text", ["ροτοντα", "ΠΥΡΓΟΣ", "Rot", "αγιος", "πλατεία", "τίποτα τέτοιο"])
def test_a_name_is_found_whatever_its_accents_and_capitals(heritage, text):
    found = {
        (row["object"], row["title"])
        for row in heritage.ask("heritage-search", text=text)
        if "/public-monument/" in row["object"]
    }
    assert found == {
        (thing(row), row[title])
        for row in heritage.monuments()
        for title in ("title_el", "title_en")
        if plain(text) in plain(row[title])
    }


def test_links_say_who_and_why(sample_heritage):
    (row,) = sample_heritage.ask("heritage-links")
    assert row["left"] == f"{ID}public-monument/rotunda"
    assert row["right"] == f"{ID}world-heritage-component/456-002"
    assert row["relation"] == "http://www.w3.org/2002/07/owl#sameAs"
    assert row["both_here"] is True
    assert all(row[reason] for reason in ("who", "why_el", "why_en"))


def test_every_object_of_the_table_is_credited_to_its_institution(sample_heritage):
    found = {row["provider"]: row["records"] for row in sample_heritage.ask("heritage-by-provider")}
    assert found["Αρχαιολογικό Μουσείο Θεσσαλονίκης"] == 2
    assert found["Προσομοιωμένος φορέας"] == 2
