import pytest

from kamara.loaders.errors import RecordError
from kamara.loaders.rml.codelists import Concept, Scheme
from kamara.loaders.rml.dates import day_end
from kamara.loaders.rml.dmspair import dms_latitude, dms_longitude
from kamara.loaders.rml.mentions import mentioned

NORTH, EAST = "40ο 38' 15.62''Ν", "22ο 56' 28,68''Ε"


@pytest.fixture(scope="module")
def stations():
    scheme = Scheme("https://example.org/code/station")
    for notation, names in {"1": ["Εγνατίας"], "3": ["Λαγκαδά"], "2": ["25ης Μαρτίου", "Μαρτίου"]}.items():
        for name in [notation, *names]:
            scheme.add(name, Concept(f"{scheme.iri}/{notation}", notation))
    return scheme


@pytest.mark.parametrize("pair", [(NORTH, EAST), (EAST, NORTH)])
def test_letters_tell_longitude_from_latitude(pair):
    assert (dms_longitude(*pair), dms_latitude(*pair)) == ("22.9413", "40.6376722")


@pytest.mark.parametrize("pair", [(NORTH, NORTH), (EAST, EAST), ("40ο 38' 15''", EAST), (NORTH, "east")])
def test_two_that_are_no_pair_are_refused(pair):
    with pytest.raises(RecordError) as caught:
        dms_longitude(*pair)
    assert caught.value.expected_el != caught.value.expected


@pytest.mark.parametrize(
    ("text", "notation"),
    [
        ("aq-csv-3-Στ_ΕΓΝΑΤΙΑΣ Στ. Ατμοσφαιρικής Ρύπανσης οδού Εγνατίας (Κέντρο)", "1"),
        ("sheet ΟΔΟΣ 25ΗΣ ΜΑΡΤΙΟΥ", "2"),
        ("Στ. Προσομοίωσης Α/Α 917", "917"),
        ("A/A 4 Εγνατίας", "4"),
    ],
)
def test_a_name_is_found_in_a_text(stations, text, notation):
    assert mentioned(stations, text) == notation


@pytest.mark.parametrize("text", ["aq-csv-3", "Εγνατίας και Λαγκαδά", "Εγνατίαςς", ""])
def test_none_or_two_names_are_not_guessed(stations, text):
    with pytest.raises(RecordError):
        mentioned(stations, text)


@pytest.mark.parametrize(
    ("day", "end"),
    [
        ("2012-12-31", "2013-01-01T00:00:00+02:00"),
        ("30/6/2013", "2013-07-01T00:00:00+03:00"),
        ("2013-03-30", "2013-03-31T00:00:00+02:00"),
        ("2013-03-31", "2013-04-01T00:00:00+03:00"),
    ],
)
def test_a_day_ends_at_midnight_in_athens(day, end):
    assert day_end(day) == end
