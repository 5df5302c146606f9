import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.loaders.rml.budgetcodes import ka_group, ka_number, ka_service
from kamara.loaders.rml.conditions import web_address, when
from kamara.loaders.rml.legalpersons import legal_afm, legal_name

DIGITS = st.text("0123456789", min_size=9, max_size=9)


@pytest.mark.parametrize(
    ("text", "bare", "parts"),
    [
        ("25-6263.013", "false", ("25", "6263.013", "6263")),
        (" 20-6641.01.01 ", "false", ("20", "6641.01.01", "6641")),
        ("00-6121", "false", ("00", "6121", "6121")),
        ("6263.013", "true", ("", "6263.013", "6263")),
        ("6263.013", "false", ("", "", "")),
        ("1611.0000", "true", ("", "", "")),
        ("2410202001", "true", ("", "", "")),
        ("25-1611", "true", ("", "", "")),
        ("025-6263", "true", ("", "", "")),
        ("25-62630", "true", ("", "", "")),
        ("", "true", ("", "", "")),
    ],
)
def test_a_municipal_code_has_its_parts_and_no_other_has_any(text, bare, parts):
    assert (ka_service(text), ka_number(text, bare), ka_group(text, bare)) == parts


@given(DIGITS, st.text("ΑΒΓ &.", max_size=12))
def test_only_a_number_that_begins_as_a_legal_persons_is_one(afm, name):
    legal = afm.startswith(("09", "8", "9"))
    assert legal_afm(afm, name) == (afm if legal else "")
    assert legal_name(afm, name) == (name.strip() if legal else "")


@given(DIGITS, st.lists(st.text("ΑΒΓ ", max_size=6), min_size=4, max_size=4))
def test_a_name_written_as_the_tax_register_writes_people_is_none(afm, parts):
    assert legal_name(afm, ",".join(parts)) == legal_afm(afm, ",".join(parts)) == ""


@given(st.text(max_size=12))
def test_what_is_not_nine_digits_is_no_tax_number(text):
    found = legal_afm(text, "ΕΤΑΙΡΕΙΑ")
    assert found == "" or (len(found) == 9 and found.isdecimal())


def test_a_value_under_a_condition():
    assert when("x", "true", "true") == "x"
    assert when("x", "true", "false") == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (" http://www.thessaloniki.gr ", "http://www.thessaloniki.gr"),
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("http://", ""),
        ("http://δεν υπάρχει", ""),
        ("http://somebody@example.org", ""),
        ("http://a.gr www.b.gr", ""),
        ("www.example.org", ""),
    ],
)
def test_the_address_of_a_website(text, found):
    assert web_address(text) == found
