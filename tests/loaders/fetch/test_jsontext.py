"""JSON is taken apart as it is written, and what is none is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.loaders.fetch import jsontext

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
INDENTS = st.sampled_from([None, 0, 2])


@given(st.lists(VALUES), INDENTS, st.booleans())
def test_the_elements_of_an_array_are_its_parts(values, indent, ascii_only):
    text = json.dumps(values, indent=indent, ensure_ascii=ascii_only)
    parts = jsontext.elements(text)
    assert [jsontext.parse(part) for part in parts] == values
    assert all(part in text for part in parts)


@given(st.dictionaries(st.text(), VALUES), INDENTS)
def test_the_members_of_an_object_are_its_parts(values, indent):
    parts = jsontext.members(f" {json.dumps(values, indent=indent)}\n")
    assert {name: jsontext.parse(part) for name, part in parts.items()} == values


def test_digits_stay_as_they_are_written():
    assert jsontext.elements('[1387.30, 1e2 , "\\u03b1"]') == ["1387.30", "1e2", '"\\u03b1"']


NO_ARRAYS = [
    "",
    "[",
    "[1",
    "[1,",
    "[1,]",
    "[1 2]",
    "[]x",
    "{}",
    "1",
    "[NaN]",
    "[" * 100_000,
    "[1] [2]",
    "[,]",
]
NO_OBJECTS = ["", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,}', "{1:2}", "[]", '{"a":1}}', '{"a" 1}']


@pytest.mark.parametrize("text", NO_ARRAYS)
def test_what_is_no_array_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        jsontext.elements(text)


@pytest.mark.parametrize("text", NO_OBJECTS)
def test_what_is_no_object_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        jsontext.members(text)
