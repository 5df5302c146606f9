from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box, from_wkt

from kamara.loaders.places import NO_PLACES, Places

SEA = "https://x.example/sea"
TOWN = "https://x.example/town"
PARK = "https://x.example/park"

coordinate = st.integers(0, 8).map(lambda number: number / 2)
squares = st.lists(
    st.tuples(coordinate, coordinate, coordinate, coordinate)
    .filter(lambda four: four[0] < four[2] and four[1] < four[3])
    .map(lambda four: box(*four)),
    max_size=8,
)


def index(**areas):
    return Places([(f"https://x.example/{name}", shape) for name, shape in areas.items()], {})


def test_a_position_is_in_the_smallest_area_that_contains_it():
    places = index(town=box(0, 0, 10, 10), park=box(4, 4, 6, 6))
    assert places.at(5, 5) == PARK
    assert places.at(1, 1) == TOWN
    assert places.at(11, 1) == ""


def test_a_hole_is_outside():
    ring = from_wkt("POLYGON((0 0,10 0,10 10,0 10,0 0),(4 4,6 4,6 6,4 6,4 4))")
    assert index(town=ring).at(5, 5) == ""


def test_a_position_on_the_border_of_two_areas_is_in_one_of_them_whatever_their_order():
    left, right = (SEA, box(0, 0, 1, 1)), (TOWN, box(1, 0, 2, 1))
    assert Places([left, right], {}).at(1, 0.5) == Places([right, left], {}).at(1, 0.5) == SEA


def test_without_places_nothing_is_anywhere():
    assert NO_PLACES.at(22.9, 40.6) == ""
    assert NO_PLACES.named("Λευκός Πύργος") == ""


@given(squares, coordinate, coordinate)
def test_the_index_answers_as_looking_at_each_area_does(shapes, lon, lat):
    areas = [(f"https://x.example/{number}", shape) for number, shape in enumerate(shapes)]
    around = [(shape.area, name) for name, shape in areas if shape.covers(Point(lon, lat))]
    assert Places(areas, {}).at(lon, lat) == min(around, default=(0, ""))[1]


def test_a_name_is_found_word_for_word_without_case_and_accents():
    places = Places((), {"Οδός Παραδείγματος": TOWN, "Πλατεία": SEA, "Πλατεία Δείγματος": PARK})
    assert places.named("ΟΔΟΣ ΠΑΡΑΔΕΙΓΜΑΤΟΣ 5, Θεσσαλονίκη") == TOWN
    assert places.named("στην πλατεία δείγματος, 3") == PARK
    assert places.named("μια πλατεία") == SEA
    assert places.named("πλατείας") == ""
    assert places.named("") == ""


def test_of_names_of_one_length_the_first_in_the_text_counts():
    places = Places((), {"Άνω": TOWN, "Κάτω": SEA})
    assert places.named("κάτω και άνω") == SEA


@given(st.text())
def test_any_text_may_be_asked_for_a_name(text):
    assert Places((), {"Πλατεία Δείγματος": PARK}).named(text) in ("", PARK)
