import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.records import logical, read

from kamara.config import LoadSettings
from kamara.loaders.decoding import Lines
from kamara.loaders.errors import EncodingError, MappingError, SourceError
from kamara.loaders.formats.jsonpath import compile_path
from kamara.loaders.formats.jsontext import JsonText, decoder
from kamara.loaders.formats.values import Boolean, Double, Integer, json_text
from kamara.loaders.readers import check_expressions, open_records, raw_records

LIMITS = LoadSettings()


@pytest.fixture
def write(tmp_path):
    def written(content, name="data.json"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return written


def values(path, iterator, *columns, **limits):
    return [record.values for record in read(path, logical("JSONPath", iterator), *columns, **limits)]


MONUMENTS = """{"about": {"city": "Θεσσαλονίκη", "n": [1, {"x": []}]}, "items": [
  {"name": "Λευκός Πύργος", "place": {"lat": 40.6263, "tags": ["a", "b"]}, "open": true, "no": null},
  {"name": "Ροτόντα", "Country Code": 30, "place": {"lat": 4e1, "tags": []}}
], "after": "]}"}"""


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("$.name", ["Λευκός Πύργος", "Ροτόντα"]),
        ("name", ["Λευκός Πύργος", "Ροτόντα"]),
        ("$['name']", ["Λευκός Πύργος", "Ροτόντα"]),
        ("place.lat", ["40.6263", "4e1"]),
        ("Country Code", ["", "30"]),
        ("$.open", ["true", ""]),
        ("no", ["", ""]),
        ("$.place.tags[*]", [("a", "b"), ""]),
        ("$.place.tags[0]", ["a", ""]),
        ("$..lat", ["40.6263", "4e1"]),
    ],
)
def test_references(write, column, expected):
    assert values(write(MONUMENTS), "$.items[*]", column) == [(value,) for value in expected]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("json($.place)", ['{"lat": 40.6263, "tags": ["a", "b"]}', '{"lat": 4e1, "tags": []}']),
        ("json(place.tags)", ['["a", "b"]', "[]"]),
        ("json($.name)", ['"Λευκός Πύργος"', '"Ροτόντα"']),
        ("json($.place.tags[*])", [('"a"', '"b"'), ""]),
        ("json($.place.tags[?@ == 'a'])", ['"a"', ""]),
        ("json($..lat)", ["40.6263", "4e1"]),
        ("json($.open)", ["true", ""]),
        ("json($.no)", ["", ""]),
    ],
)
def test_the_json_text_of_what_is_at_a_path(write, column, expected):
    assert values(write(MONUMENTS), "$.items[*]", column) == [(value,) for value in expected]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(JSON_VALUES)
def test_the_json_text_means_what_stood_in_the_file(value):
    read_back = decoder().decode(json.dumps({"it": value}))["it"]
    assert json.loads(json_text(read_back)) == value


@pytest.mark.parametrize("iterator", ["$.items[*]", "$['items'].*", "$.items[?@.name]", "$.items[0:2]"])
def test_an_iterator_streamed_or_not_finds_the_same(write, iterator):
    assert values(write(MONUMENTS), iterator, "name") == [("Λευκός Πύργος",), ("Ροτόντα",)]


def test_values_know_what_json_said(write):
    ((number, double, truth, text),) = values(
        write('[[1, 1.50, false, "1"]]'), "$[*]", *(f"$[{n}]" for n in range(4))
    )
    assert (type(number), type(double), type(truth), type(text)) == (Integer, Double, Boolean, str)
    assert double == "1.50"


def test_wildcards_go_through_arrays_of_arrays(write):
    text = '{"a": [{"b": [{"c": 1}, {"c": 2}]}, {"x": 1}, {"b": [{"c": 3}]}]}'
    assert values(write(text), "$.a[*].b[*]", "c") == [("1",), ("2",), ("3",)]


def test_a_record_with_an_object_for_a_value_is_malformed_by_itself(write):
    first, second = read(write('[{"a": {"b": 1}}, {"a": 2}]'), logical("JSONPath", "$[*]"), "a")
    assert first.values is None
    assert first.problem == "a is an object"
    assert "[*]" in first.expected[0]
    assert second.values == ("2",)


@pytest.mark.parametrize(
    ("text", "says", "line"),
    [
        ('{"a": [1,\n2', "cut", 2),
        ('{"a": [1,\n2 3]}', "expected ]", 2),
        ('{"a": [{"b": tru}]}                             ', "Expecting value", 1),
        ('{"a": [1],\n "b": {"c": ]}}\n                      ', "Expecting value", 2),
        ('{"a": [1]}\n{}', "more text", 2),
        ('{"a": [NaN]}', "NaN is not JSON", 1),
        ('{"a": [1], "a": [2]}', "'a' stands twice", 1),
        ('{"a" 1}', "expected :", 1),
        ("", "cut", 1),
        ('{"b": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested", 1),
        ('{"a": [' + '{"x":' * 100_000 + "1" + "}" * 100_000 + "]}", "nested", 1),
    ],
)
def test_what_is_not_json_is_one_line_that_names_the_place(write, text, says, line):
    with pytest.raises(SourceError) as caught:
        values(write(text), "$.a[*]", "b")
    assert says in str(caught.value)
    assert f"data.json, line {line}" in caught.value.where


def test_bytes_of_another_encoding_are_named(write):
    with pytest.raises(EncodingError, match="byte 2"):
        values(write('["Α"]'.encode("iso8859-7")), "$[*]", "$")
    with pytest.raises(EncodingError, match="utf-16"):
        values(write('["Α"]'.encode("utf-16")), "$[*]", "$")
    assert values(write(b"\xef\xbb\xbf" + '["Α"]'.encode()), "$[*]", "$") == [("Α",)]


def test_half_a_character_is_malformed_and_an_escaped_whole_one_is_not(write):
    half, whole = read(write(r'["\ud800", "\ud83d\ude00"]'), logical("JSONPath", "$[*]"), "$")
    assert half.values is None
    assert whole.values == ("😀",)


def test_of_a_name_that_a_record_has_twice_the_last_counts(write):
    assert values(write('[{"a": 1, "a": 2}]'), "$[*]", "a") == [("2",)]


def test_a_record_longer_than_the_limit_is_refused(write):
    path = write(json.dumps([{"a": "x" * 5000}]))
    with pytest.raises(SourceError, match=r"longer than 2048 bytes.*load.max_line_bytes"):
        values(path, "$[*]", "a", max_line_bytes=2048)


def test_an_iterator_that_needs_the_whole_file_has_a_limit(write):
    path = write(json.dumps([{"a": n} for n in range(1000)]))
    assert len(values(path, "$[?@.a > 500]", "a")) == 499
    for iterator in ("$[?@.a > 500]", "$"):
        with pytest.raises(SourceError, match=r"load.max_whole_bytes"):
            values(path, iterator, "a", max_whole_bytes=1024)
    assert len(values(path, "$[*]", "a", max_whole_bytes=1024)) == 1000


def test_memory_does_not_grow_with_the_file(write):
    def peak(records):
        text = '{"skip": [' + ",".join(['{"a": [1, 2, {"b": "x"}]}'] * records) + '], "items": ['
        path = write(text + ",".join([json.dumps({"a": "x" * 80})] * records) + "]}")
        tracemalloc.start()

        count = sum(1 for _ in open_records(path, logical("JSONPath", "$.items[*]"), ["a"], {}, LIMITS))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == records
        return most

    peak(100)
    assert peak(40_000) < 2 * peak(10_000)


LINES = '{"a": 1}\n\n{"a": \n{"a": 3}\n{"a": NaN}\n'


def test_a_bad_line_of_json_lines_costs_only_itself(write):
    path = write(LINES, "data.jsonl")
    records = read(path, logical("JSONPath"), "a")
    assert [record.values for record in records] == [("1",), None, ("3",), None]
    assert records[1].problem.startswith("line 3, character ")
    assert records[3].problem == "line 5: NaN is not JSON"
    assert dict(raw_records(path, logical("JSONPath"), {2}, LIMITS)) == {2: '{"a": \n'}


def test_an_iterator_works_within_each_line(write):
    path = write('{"r": [{"a": 1}, {"a": 2}]}\n{"r": [{"a": 3}]}\n', "data.ndjson")
    assert values(path, "$.r[*]", "a") == [("1",), ("2",), ("3",)]


def test_the_text_of_a_record_is_as_the_file_has_it(write):
    path = write('{"items": [ {"a":  1}, {"a": "ά"} ]}')
    source = logical("JSONPath", "$.items[*]")
    assert dict(raw_records(path, source, {1, 2}, LIMITS)) == {1: '{"a":  1}', 2: '{"a": "ά"}'}
    whole = logical("JSONPath", "$.items[-1]")
    assert dict(raw_records(path, whole, {1}, LIMITS)) == {1: '{"a": "ά"}'}


@pytest.mark.parametrize("text", ["$.a[*]]", "$.a[", "$[?@.a ==]", "a[", "$.a b"])
def test_an_expression_that_is_not_jsonpath_is_refused(text):
    with pytest.raises(MappingError, match="is not JSONPath"):
        check_expressions(logical("JSONPath", "$"), [text])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab"), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.lists(st.text("ab", min_size=1), max_size=3), st.booleans())
def test_a_stream_finds_what_the_whole_has(tmp_path_factory, content, names, spaced):
    path = tmp_path_factory.mktemp("any") / "any.json"
    text = json.dumps(content, ensure_ascii=False, indent=1 if spaced else None)
    path.write_text(text, encoding="utf-8")
    expression = compile_path("$" + "".join(f".{name}" for name in names) + "[*]")
    streamed = [value for value, _ in JsonText(Lines(path, "utf-8", 1024), decoder()).find(expression.steps)]
    assert streamed == expression.find(decoder().decode(text))
