from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.api.negotiation import choose, choose_language

OFFERS = {"text/turtle": "ttl", "application/ld+json": "jsonld", "text/html": "html"}


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "ttl"),
        ("", "ttl"),
        ("*/*", "ttl"),
        ("text/html", "html"),
        ("TEXT/HTML", "html"),
        ("application/ld+json;q=0.9, text/turtle;q=0.5", "jsonld"),
        ("text/*", "ttl"),
        ("text/turtle;q=0.1, text/*;q=0.8", "html"),
        ("text/turtle;q=0, */*", "jsonld"),
        ("*/*;q=0.1, application/ld+json;q=0.2", "jsonld"),
        ("text/html, */*", "html"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
        ("text/turtle ; charset=utf-8 ; q=0.3, text/html;q=0.2", "ttl"),
        (";;q=,/", "ttl"),
        ("text/html;q=nonsense, application/ld+json", "jsonld"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"),
        ("image/png", None),
        ("text/turtle;q=0", None),
    ],
)
def test_the_best_offer_is_taken(accept: str | None, chosen: str | None) -> None:
    assert choose(accept, OFFERS) == chosen


@given(st.text(max_size=80))
def test_no_header_breaks_it(accept: str) -> None:
    assert choose(accept, OFFERS) in {*OFFERS.values(), None}
    assert choose_language(accept, ("el", "en")) in {"el", "en"}


@given(st.permutations(["text/turtle;q=0.3", "text/html;q=0.5", "*/*;q=0.1"]))
def test_the_order_of_wishes_does_not_count(wishes: list[str]) -> None:
    assert choose(", ".join(wishes), OFFERS) == "html"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "el"),
        ("en-GB,en;q=0.9", "en"),
        ("de, *;q=0.1", "el"),
        ("el;q=0.2, en;q=0.4", "en"),
        ("fr", "el"),
    ],
)
def test_the_language_is_chosen(accept: str | None, chosen: str) -> None:
    assert choose_language(accept, ("el", "en")) == chosen
