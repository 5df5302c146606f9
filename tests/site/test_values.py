from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode

from kamara.errors import KamaraError
from kamara.site.pages import Pages
from kamara.site.texts import read_texts
from kamara.site.values import Formatter
from kamara.sparql.terms import XSD

PAGES = Pages(live=False)
GREEK, ENGLISH = Formatter(PAGES.texts["el"]), Formatter(PAGES.texts["en"])


def literal(text: str, kind: str) -> Literal:
    return Literal(text, datatype=NamedNode(XSD + kind))


def test_money_has_cents_and_a_sign() -> None:
    assert GREEK.literal(literal("1755000", "decimal"), "EUR").text == "1.755.000,00\u00a0€"
    assert ENGLISH.literal(literal("1755000", "decimal"), "EUR").text == "1,755,000.00\u00a0€"
    assert ENGLISH.literal(literal("-0.5", "decimal"), "USD").text == "−0.50\u00a0USD"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_a_number_keeps_its_value(number: Decimal) -> None:
    shown = ENGLISH.decimal(f"{number:f}")
    assert Decimal(shown.replace(",", "").replace("−", "-")) == number


@pytest.mark.parametrize(
    ("text", "kind", "greek", "english"),
    [
        ("2016-04-01", "date", "1 Απριλίου 2016", "1 April 2016"),
        ("2016-05-31Z", "date", "31 Μαΐου 2016 UTC", "31 May 2016 UTC"),
        (
            "2016-04-01T22:54:00+03:00",
            "dateTime",
            "1 Απριλίου 2016, 22:54 +03:00",
            "1 April 2016, 22:54 +03:00",
        ),
        ("2016-02-31", "date", "2016-02-31", "2016-02-31"),
        ("true", "boolean", "ναι", "yes"),
        ("12345", "integer", "12.345", "12,345"),
        ("NaN", "decimal", "NaN", "NaN"),
        ("2016", "gYear", "2016", "2016"),
    ],
)
def test_values_are_written_for_people(text: str, kind: str, greek: str, english: str) -> None:
    assert GREEK.literal(literal(text, kind)).text == greek
    assert ENGLISH.literal(literal(text, kind)).text == english


def test_an_incomplete_texts_file_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("texts") / "texts.toml"
    path.write_text('[hello]\nel = "γεια"\n', encoding="utf-8")
    with pytest.raises(KamaraError, match=r"\[hello\].*el and en"):
        read_texts(path)
