"""Whatever a file holds, reading it ends in records or in one line that names it."""

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.records import logical, read

from kamara.errors import KamaraError


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (["a", "b"], ["1", 2.5], ["3"]):
        book.active.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


JSON = '{"x": [1, {"y": "ά"}], "i": [{"a": "1", "b": [2.5, true]}, {"a": null}]}'.encode()
XML = '<?xml version="1.0"?><!DOCTYPE t><t><i b="2">ά<a>1</a></i><!-- x --><i/></t>'.encode()
INSIDE = [b"\\ud800", b"\x00", b"&x;", b"1e999", b"9" * 5000]
FILES = {
    "a.json": (JSON, logical("JSONPath", "$.i[*]"), ("a", "b[*]")),
    "b.json": (JSON, logical("JSONPath", "$..i[?@.a]"), ("a", "$.b[?@ > 1]")),
    "a.jsonl": (JSON + b"\n" + JSON + b"\n", logical("JSONPath", "$.i[*]"), ("a",)),
    "a.xml": (XML, logical("XPath", "/t/i"), ("a", "@b")),
    "b.xml": (XML, logical("XPath", "//i"), ("a", "../i/@b")),
    "a.xlsx": (workbook(), logical("CSV"), ("a", "b")),
    "a.csv": ('a,b\n"1",2\nά,"x\ny"\n'.encode(), logical("CSV"), ("a", "b")),
}


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=120)
@given(data=st.data())
def test_a_mutilated_file_never_ends_in_a_stack_trace(name, data, tmp_path_factory):
    content, source, columns = FILES[name]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    inside = data.draw(st.binary(max_size=6) | st.sampled_from(INSIDE))
    path = tmp_path_factory.mktemp("mutilated") / name
    path.write_bytes(content[:start] + inside + content[end:])
    try:
        records = read(path, source, *columns)
    except KamaraError as error:
        assert name in str(error)
    else:
        assert all(record.values is not None or record.problem for record in records)
