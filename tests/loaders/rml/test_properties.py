import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.mapping import about, compiled

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
# A CSV reader cannot hand out a lone surrogate, and NUL is refused with the file.


@pytest.fixture(scope="module")
def literals(tmp_path_factory):
    mixed = 'rml:template "<{a}> \\"{b}\\" \\\\{" ; rml:termType rml:Literal ; rml:language "el"'
    rules = ['kam:p ; rml:objectMap [ rml:reference "a" ]', f"kam:q ; rml:objectMap [ {mixed} ]"]
    return compiled(tmp_path_factory.mktemp("literals"), about("rml:constant kam:s", *rules))


@given(TEXT, TEXT)
def test_any_text_comes_back_from_its_line(literals, a, b):
    first, second = ox.parse("".join(literals.map([a, b])), format=ox.RdfFormat.N_QUADS)
    assert first.object.value == a
    assert second.object.value == f'<{a}> "{b}" {{'


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    made = [
        about(f'rml:template "https://data.thessaloniki.gr/id/x/{template}"', "kam:p ; rml:object 1")
        for template in ("{a}~{b}", "{a}/{b}")
    ]
    folder = tmp_path_factory.mktemp("keys")
    return [compiled(folder, text) for text in made]


@given(st.lists(st.tuples(TEXT, TEXT), min_size=2, max_size=2, unique=True))
def test_two_keys_are_two_addresses(keys, rows):
    for source in keys:
        one, other = (next(ox.parse(source.map(row)[0], format=ox.RdfFormat.N_QUADS)).subject for row in rows)
        assert one != other


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    rules = [
        f"kam:p ; rml:objectMap [ rml:reference 'a' ; rml:termType rml:{kind} ]"
        for kind in ("IRI", "BlankNode")
    ]
    return compiled(tmp_path_factory.mktemp("addresses"), about("rml:constant kam:s", *rules))


@given(TEXT | st.from_regex(r"(http|urn):[a-z/%0-9:\[\]#?]*", fullmatch=True))
def test_whatever_becomes_an_address_can_be_parsed(addresses, text):
    if addresses.explain([text]).problems:
        return
    assert len(list(ox.parse("".join(addresses.map([text])), format=ox.RdfFormat.N_QUADS))) == 2
