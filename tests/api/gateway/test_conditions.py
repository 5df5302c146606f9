from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.api.gateway.conditions import is_since, matches, split_tags, tag_in, tag_without, weak
from kamara.api.gateway.encodings import CODINGS, Coding

TAGS = st.from_regex(r'\A(W/)?"[!#-~]{0,20}"\Z')


@given(TAGS, st.sampled_from(CODINGS))
def test_a_tag_comes_back_out_of_its_coding(tag: str, coding: Coding) -> None:
    assert tag_without(tag_in(tag, coding), coding) == tag


@given(TAGS)
def test_each_coding_has_a_tag_of_its_own(tag: str) -> None:
    assert len({tag, *(tag_in(tag, coding) for coding in CODINGS)}) == 1 + len(CODINGS)


@pytest.mark.parametrize(
    ("known", "holds"),
    [
        ('"a"', True),
        ('W/"a"', True),
        ('"b", W/"a"', True),
        ("*", True),
        ('"b"', False),
        ("a", False),
        ("", False),
    ],
)
def test_tags_are_compared_weakly(known: str, *, holds: bool) -> None:
    assert matches('"a"', split_tags(known)) is holds
    assert matches(weak('"a"'), split_tags(known)) is holds


@pytest.mark.parametrize(
    ("since", "holds"),
    [
        ("Fri, 02 Jan 2026 00:00:00 GMT", True),
        ("Thu, 01 Jan 2026 00:00:00 GMT", True),
        ("Wed, 31 Dec 2025 00:00:00 GMT", False),
        ("yesterday", False),
        (None, False),
    ],
)
def test_dates_are_compared(since: str | None, *, holds: bool) -> None:
    assert is_since("Thu, 01 Jan 2026 00:00:00 GMT", since) is holds
