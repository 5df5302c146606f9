import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import from_wkt

from kamara.loaders.errors import RecordError
from kamara.loaders.places import geo_wkt

SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]
BOW = [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]
degrees = st.floats(-89, 89, allow_subnormal=False)


def geojson(kind, coordinates):
    return json.dumps({"type": kind, "coordinates": coordinates})


@pytest.mark.parametrize(
    ("kind", "coordinates", "wkt"),
    [
        ("Point", [22.94, 40.63], "POINT (22.94 40.63)"),
        ("Point", [22.94, 40.63, 12.0], "POINT (22.94 40.63)"),
        ("Point", [0.00001, 0], "POINT (0.00001 0)"),
        ("LineString", [[0, 0], [1, 1]], "LINESTRING (0 0, 1 1)"),
        ("Polygon", [SQUARE], "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"),
        ("MultiPolygon", [[SQUARE]], "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 1, 0 0)))"),
    ],
)
def test_a_geometry_in_wkt(kind, coordinates, wkt):
    assert geo_wkt(geojson(kind, coordinates)) == wkt


@given(degrees, degrees)
def test_coordinates_are_the_same_to_the_last_bit(lon, lat):
    text = geojson("Point", [lon, lat])
    assert from_wkt(geo_wkt(text)).coords[0] == (lon, lat)


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        (geojson("Polygon", [BOW]), "Self-intersection[0.5 0.5]", "do not cross"),
        (geojson("Point", [410_000.5, 4_498_000.25]), "410000.5 4498000.25", "WGS84"),
        (geojson("Polygon", []), '{"type": "Polygon"', "geometry of GeoJSON"),
        ('{"type": "Circle", "coordinates": [0, 0]}', "Circle", "geometry of GeoJSON"),
        ('{"coordinates": [0, 0]}', "coordinates", "geometry of GeoJSON"),
        ('{"type": "Polygon", "coordinates": [[["a", 1]]]}', "Polygon", "geometry of GeoJSON"),
        ("[1, 2]", "[1, 2]", "geometry of GeoJSON"),
        (geojson("Polygon", [SQUARE[:4]]), "closed", "geometry of GeoJSON"),
        ("no JSON", "no JSON", "geometry of GeoJSON"),
        ("[" * 20_000, "[[[", "geometry of GeoJSON"),
    ],
)
def test_what_is_no_sound_geometry_is_refused_in_both_languages(text, found, expected):
    with pytest.raises(RecordError) as caught:
        geo_wkt(text)
    assert found in caught.value.found
    assert expected in caught.value.expected
    assert caught.value.expected_el != caught.value.expected
