from __future__ import annotations

import unicodedata
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.site import BASE

from kamara.site.addresses import Addresses, FileAddresses, file_name
from kamara.site.representations import JSON_LD, TURTLE, cut_suffix
from kamara.sparql.terms import iri_safe

ADDRESSES = Addresses(BASE)
KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=40)


@given(KEYS)
def test_any_spelling_of_an_address_finds_the_thing(key: str) -> None:
    iri = f"{BASE}id/thing/{iri_safe(unicodedata.normalize('NFC', key))}"
    spellings = [
        quote(key, safe=""),
        "".join(f"%{byte:02x}" for byte in key.encode()),
        "".join(f"%{byte:02X}" for byte in key.encode()),
    ]
    for spelling in spellings:
        assert ADDRESSES.thing(f"thing/{spelling}") == iri
    assert ADDRESSES.thing(f"thing/{quote(unicodedata.normalize('NFD', key), safe='')}") == iri


@given(KEYS)
def test_the_address_of_a_document_leads_back_to_its_thing(key: str) -> None:
    iri = f"{BASE}id/thing/{iri_safe(unicodedata.normalize('NFC', key))}"
    href = ADDRESSES.href(iri, "")
    assert href is not None
    assert href.isascii()
    assert ADDRESSES.thing(href.removeprefix("doc/")) == iri


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
    assert ADDRESSES.thing(document.removeprefix("doc/")) == BASE + iri
    room, _, rest = iri.partition("/")
    assert ADDRESSES.redirect(room, rest) == document


@pytest.mark.parametrize(
    "iri", ["http://example.org/id/a/b", BASE, f"{BASE}sparql", f"{BASE}id/alone", f"{BASE}id/def/x"]
)
def test_what_is_not_ours_has_no_document(iri: str) -> None:
    assert ADDRESSES.document(iri) is None


@pytest.mark.parametrize("path", ["alone", "thing/%FF", ""])
def test_an_address_that_can_be_no_thing_has_none(path: str) -> None:
    assert ADDRESSES.thing(path) is None


def test_exactly_the_known_suffixes_are_cut() -> None:
    assert cut_suffix("a/2016~6011.01.01") == ("a/2016~6011.01.01", None)
    assert cut_suffix("a/6011.01.01.ttl") == ("a/6011.01.01", TURTLE)
    assert cut_suffix("a/x.jsonld") == ("a/x", JSON_LD)
    assert cut_suffix("a/x.html") == ("a/x.html", None)
    assert cut_suffix("a/x.TTL") == ("a/x.TTL", None)
