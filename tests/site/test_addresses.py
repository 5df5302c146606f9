from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote, unquote, urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.site import BASE

from kamara.site.addresses import Addresses, FileAddresses, beside, file_name, on_the_wire
from kamara.site.representations import JSON_LD, TURTLE, cut_suffix
from kamara.sparql.terms import iri_safe

ADDRESSES = Addresses(BASE)
DELIMITERS = ":@!$&'()*+,;="
KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40)
# As a store may spell a key: any delimiter plain or encoded, all other characters in their one spelling.
SPELLED = st.lists(st.one_of(KEYS.map(iri_safe), st.sampled_from(DELIMITERS)), min_size=1, max_size=8).map(
    "".join
)


@given(KEYS)
def test_any_spelling_of_an_address_finds_the_thing(key: str) -> None:
    iri = f"{BASE}id/thing/{iri_safe(unicodedata.normalize('NFC', key))}"
    spellings = [
        quote(key, safe=""),
        "".join(f"%{byte:02x}" for byte in key.encode()),
        "".join(f"%{byte:02X}" for byte in key.encode()),
    ]
    for spelling in spellings:
        assert iri in ADDRESSES.things(f"thing/{spelling}")
    assert iri in ADDRESSES.things(f"thing/{quote(unicodedata.normalize('NFD', key), safe='')}")


@given(SPELLED)
def test_an_iri_as_it_stands_is_the_first_that_its_path_means(key: str) -> None:
    path = on_the_wire(f"thing/{key}")
    assert ADDRESSES.things(path)[0] == ADDRESSES.named("id", path)[0] == f"{BASE}id/thing/{key}"


@given(KEYS)
def test_a_key_with_all_its_delimiters_plain_is_found_in_any_encoding(key: str) -> None:
    plain = re.sub(f"[^{DELIMITERS}]+", lambda one: iri_safe(one[0]), unicodedata.normalize("NFC", key))
    assert f"{BASE}id/thing/{plain}" in ADDRESSES.things(f"thing/{quote(key, safe='')}")


@pytest.mark.parametrize("key", ["%41", "%3a", "%CE%91", "%FF", "%FF:%3A", "e\u0301"])
def test_what_no_mapping_would_write_is_found_to_the_letter(key: str) -> None:
    path = on_the_wire(f"thing/{key}")
    assert f"{BASE}id/thing/{key}" in ADDRESSES.things(path)
    assert f"{BASE}id/thing/{key}" in ADDRESSES.named("id", path)


@pytest.mark.parametrize("name", ["10:00", "urn:x", "plain", "a~b"])
def test_a_neighbour_with_a_colon_is_no_scheme(name: str) -> None:
    assert urljoin(f"{BASE}doc/thing/other", beside(name)) == f"{BASE}doc/thing/{name}"


@given(KEYS)
def test_the_address_of_a_document_leads_back_to_its_thing(key: str) -> None:
    iri = f"{BASE}id/thing/{iri_safe(unicodedata.normalize('NFC', key))}"
    href = ADDRESSES.href(iri, "")
    assert href is not None
    assert href.isascii()
    assert ADDRESSES.things(href.removeprefix("doc/"))[0] == iri


@given(
    st.lists(KEYS, min_size=2, max_size=2, unique_by=lambda key: iri_safe(unicodedata.normalize("NFC", key)))
)
def test_two_keys_never_share_a_file(keys: list[str]) -> None:
    one, other = (file_name(iri_safe(unicodedata.normalize("NFC", key))) for key in keys)
    assert one != other


@given(KEYS)
def test_a_file_name_is_one_plain_name(key: str) -> None:
    name = file_name(iri_safe(unicodedata.normalize("NFC", key)))
    assert name not in {"", ".", ".."}
    assert "/" not in name
    assert name.isprintable()
    assert len(f"{name}.el.html".encode()) <= 255


@given(KEYS)
def test_a_link_in_the_static_site_leads_to_its_file(key: str) -> None:
    files = FileAddresses(ADDRESSES)
    iri = f"{BASE}id/thing/{iri_safe(unicodedata.normalize('NFC', key))}"
    href = files.href(iri, ".ttl")
    assert href is not None
    assert unquote(href) == f"{files.path(iri)}.ttl"


@pytest.mark.parametrize(
    ("iri", "document"),
    [
        ("id/expenditure-line/2016~10~6011.01.01", "doc/expenditure-line/2016~10~6011.01.01"),
        ("id/thing/whole/part", "doc/thing/whole/part"),
        ("def/BudgetLine", "doc/def/BudgetLine"),
        ("def/", "doc/def/index"),
        ("code/kae/6011", "doc/code/kae/6011"),
        ("code/kae", "doc/code/kae"),
        ("graph/budget", "doc/graph/budget"),
        ("dataset/budget", "doc/dataset/budget"),
    ],
)
def test_things_terms_codes_graphs_and_datasets_have_documents(iri: str, document: str) -> None:
    assert ADDRESSES.document(BASE + iri) == document
    assert ADDRESSES.things(document.removeprefix("doc/"))[0] == BASE + iri
    room, _, rest = iri.partition("/")
    assert ADDRESSES.named(room, rest)[0] == BASE + iri


@pytest.mark.parametrize(
    "iri", ["http://example.org/id/a/b", BASE, f"{BASE}sparql", f"{BASE}id/alone", f"{BASE}id/def/x"]
)
def test_what_is_not_ours_has_no_document(iri: str) -> None:
    assert ADDRESSES.document(iri) is None


@pytest.mark.parametrize("path", ["alone", ""])
def test_an_address_that_can_be_no_thing_has_none(path: str) -> None:
    assert not ADDRESSES.things(path)


@pytest.mark.parametrize("rest", ["def/x", "graph/x", "alone", ""])
def test_what_no_thing_is_called_names_none(rest: str) -> None:
    assert not ADDRESSES.named("id", rest)


def test_a_code_may_be_called_index() -> None:
    assert ADDRESSES.named("code", "kae/index") == (f"{BASE}code/kae/", f"{BASE}code/kae/index")


def test_exactly_the_known_suffixes_are_cut() -> None:
    assert cut_suffix("a/2016~6011.01.01") == ("a/2016~6011.01.01", None)
    assert cut_suffix("a/6011.01.01.ttl") == ("a/6011.01.01", TURTLE)
    assert cut_suffix("a/x.jsonld") == ("a/x", JSON_LD)
    assert cut_suffix("a/x.html") == ("a/x.html", None)
    assert cut_suffix("a/x.TTL") == ("a/x.TTL", None)
