"""Positions made coarse: never finer than the grid, and never far off."""

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.loaders.errors import RecordError
from kamara.loaders.privacy.grid import METRES_PER_DEGREE, snap
from kamara.loaders.privacy.policy import Policy
from kamara.loaders.rml.publishing import Publishing

LON, LAT = st.floats(-180, 180), st.floats(-90, 90)
CITY_LON, CITY_LAT = st.floats(22.8, 23.1), st.floats(40.5, 40.8)
SIDE = st.floats(1, 20_000)


@given(LON, LAT, SIDE)
def test_snapping_twice_is_snapping_once_anywhere(lon, lat, side):
    once = snap(lon, lat, side)
    assert snap(*once, side) == pytest.approx(once, abs=1e-9)


@given(CITY_LON, CITY_LAT, SIDE)
def test_the_error_is_at_most_half_a_diagonal(lon, lat, side):
    east, north = snap(lon, lat, side)
    northward = (north - lat) * METRES_PER_DEGREE
    eastward = (east - lon) * METRES_PER_DEGREE * cos(radians(north))
    assert hypot(northward, eastward) <= side * 2**0.5 / 2 * (1 + 1e-6) + 1e-3


@given(CITY_LON, CITY_LAT)
def test_all_points_of_a_square_become_the_same(lon, lat):
    east, north = snap(lon, lat, 100)
    step = 100 / METRES_PER_DEGREE
    for share in (-0.49, 0, 0.49):
        near = snap(east + share * step, north + share * step, 100)
        assert near == pytest.approx((east, north), abs=1e-9)


@given(CITY_LON, CITY_LAT)
def test_the_published_point_snaps_to_itself(lon, lat):
    coarse = Publishing(Policy()).coarse_wkt(str(lon), str(lat))
    again = Publishing(Policy()).coarse_wkt(*coarse.removeprefix("POINT(").removesuffix(")").split())
    assert again == coarse


@pytest.mark.parametrize(("lon", "lat"), [("181", "40"), ("22", "91"), ("east", "40"), ("nan", "1")])
def test_what_is_no_position_is_refused(lon, lat):
    with pytest.raises(RecordError):
        Publishing(Policy()).coarse_wkt(lon, lat)


def test_text_needs_a_source_that_opts_in_and_a_moderated_report():
    for opted in (True, False):
        for moderated in ("true", "false", ""):
            text = Publishing(Policy(publish_text=opted)).text("τηλ. 6900000001", moderated)
            assert text == ("τηλ. [τηλέφωνο]" if opted and moderated == "true" else "")
