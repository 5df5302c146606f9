import codecs
import csv
import io
import resource

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.loaders.errors import EncodingError, SourceError, TableError
from kamara.loaders.table import Dialect, open_table, raw_records

LIMIT = 1 << 20
SEMICOLON = Dialect(delimiter=";")
UTF16 = Dialect(delimiter=";", encoding="utf-16")


@pytest.fixture
def write(tmp_path):
    def write(content, encoding="utf-8"):
        path = tmp_path / "table.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write


def read(path, columns=("a", "b"), dialect=SEMICOLON, extra=None, limit=LIMIT):
    return list(open_table(path, dialect, columns, extra or {}, limit))


def values(path, *args, **kwargs):
    return [row.values for row in read(path, *args, **kwargs)]


def test_values_come_in_the_order_asked_for(write):
    path = write("a;b;c\n1;2;3\n4;5;6\n")
    assert values(path, ("c", "a")) == [("3", "1"), ("6", "4")]
    assert values(path, ("b",)) == [("2",), ("5",)]
    assert values(path, ()) == [(), ()]


def test_given_fields_stand_beside_columns(write):
    path = write("a;b\n1;2\n")
    assert values(path, ("file.year", "b"), extra={"file.month": "04", "file.year": "2016"}) == [
        ("2016", "2")
    ]


def test_rows_know_their_lines(write):
    rows = read(write('a;b\n1;2\n\n"x\ny";3\n4;5'))
    assert [(row.first_line, row.last_line) for row in rows] == [(2, 2), (4, 5), (6, 6)]


def test_one_empty_field_too_many_is_allowed(write):
    assert values(write("a;b\n1;2;\n3;4\n")) == [("1", "2"), ("3", "4")]
    assert values(write("a;b;\n1;2;\n3;4;")) == [("1", "2"), ("3", "4")]


def test_a_row_with_a_wrong_number_of_fields_is_a_bad_record_and_the_rest_goes_on(write):
    short, good, long = read(write("a;b\n1\n2;3\n4;5;6\n"))
    assert (short.values, short.problem) == (None, "1 fields instead of 2")
    assert good.values == ("2", "3")
    assert (long.values, long.first_line) == (None, 4)


def test_a_stray_quote_is_a_bad_record_and_the_rest_goes_on(write):
    bad, good = read(write('a;b\n"x"y;1\n2;3\n'))
    assert bad.values is None
    assert bad.problem
    assert good.values == ("2", "3")
    assert good.first_line == 3


def test_a_table_without_headings_numbers_its_columns(write):
    dialect = Dialect(header=False)
    assert values(write("1,2\n3,4\n"), ("_col.2",), dialect) == [("2",), ("4",)]


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE])
def test_utf_16_goes_by_its_mark(write, mark):
    order = "utf-16-be" if mark == codecs.BOM_UTF16_BE else "utf-16-le"
    path = write(mark + "a;b\nΠοσό;1\n".encode(order))
    assert values(path, dialect=UTF16) == [("Ποσό", "1")]


def test_a_mark_before_utf_8_is_skipped(write):
    assert values(write(codecs.BOM_UTF8 + b"a;b\n1;2\n")) == [("1", "2")]


def test_older_greek_encodings(write):
    dialect = Dialect(delimiter=";", encoding="windows-1253")
    assert values(write("a;b\nΆλφα;1\n", "windows-1253"), dialect=dialect) == [("Άλφα", "1")]


@pytest.mark.parametrize(
    ("content", "dialect", "error", "says"),
    [
        (codecs.BOM_UTF16_BE + "a;b\n1;2\n".encode("utf-16-be"), SEMICOLON, EncodingError, "utf-16-be"),
        ("a;b\n1;2\n".encode("utf-16-le"), SEMICOLON, TableError, "a NUL character"),
        (b"a;b\n1;2\n", UTF16, EncodingError, "no byte order mark"),
        (codecs.BOM_UTF8 + b"a;b\n1;2\n", UTF16, EncodingError, "mark of utf-8"),
        (b"a;b\n1;\xe1\n", SEMICOLON, EncodingError, "byte 6 is not utf-8"),
        ("a;b\n1;2\n".encode("utf-16")[:-1], UTF16, TableError, "cut in the middle of a character"),
        ("a;b\n1;α".encode()[:-1], SEMICOLON, TableError, "cut in the middle of a character at byte 6"),
        (b"", SEMICOLON, TableError, "an empty file"),
        (b"\n\n", SEMICOLON, TableError, "an empty file"),
        (b"a;b\n1;2\n3", SEMICOLON, TableError, "cut: the last record has 1 fields"),
        (b"a;b\n1;2;\n3;4", SEMICOLON, TableError, "cut: the last record has 2 fields"),
        (b'a;b\n1;"2\n3;4\n', SEMICOLON, TableError, "a quote that is never closed"),
        (b"a;b\n1;\0\n", SEMICOLON, TableError, "line 2: a NUL character"),
        (b"a;c\n1;2\n", SEMICOLON, TableError, "no column 'b'; the file has a, c"),
        (b"a;b;a\n1;2;3\n", SEMICOLON, TableError, "column 'a' stands 2 times"),
        (b'"a\n', SEMICOLON, TableError, "headings that cannot be read"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_in_one_line(write, content, dialect, error, says):
    path = write(content)
    with pytest.raises(error) as caught:
        read(path, dialect=dialect)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)
    assert caught.value.remedy


def test_a_byte_far_into_a_file_is_counted_right(write):
    content = "a;b\n" + "α;β\n" * 200_000
    path = write(content.encode() + b"\xff\n")
    with pytest.raises(EncodingError, match=f"byte {len(content.encode())} "):
        read(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(SourceError, match="cannot be read"):
        read(tmp_path / "none.csv")


def test_a_field_of_the_headings_cannot_be_given(write):
    with pytest.raises(TableError, match="both a column and a given field"):
        read(write("a;b\n"), extra={"a": "x"})


@pytest.mark.parametrize("start", ["", "a;b\n1;2\n"])
@pytest.mark.parametrize("opening", ["", '"'])
def test_a_gigabyte_on_one_line_is_refused_without_being_read(tmp_path, start, opening):
    path = tmp_path / "table.csv"
    path.write_text(start + opening)
    with path.open("r+b") as file:
        file.truncate(1 << 30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TableError):
        read(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("longer", [0, 1])
def test_the_limit_on_a_line_is_exact(write, encoding, longer):
    path = write("a;b\n1;2\n" + "x" * (2000 + longer) + ";" + "β" * 500 + "\n3;4\n", encoding)
    line = ("x" * 2000 + ";" + "β" * 500 + "\n").encode(encoding)
    dialect = Dialect(delimiter=";", encoding=encoding)
    if longer:
        with pytest.raises(TableError, match=f"longer than {len(line)} bytes"):
            read(path, dialect=dialect, limit=len(line))
    else:
        assert len(read(path, dialect=dialect, limit=len(line))) == 3


def test_a_quote_that_swallows_the_file_is_refused_before_memory_is(write):
    path = write('a;b\n1;"2\n' + "3;4\n" * 500_000)
    with pytest.raises(TableError, match="close the quote"):
        read(path, limit=4096)


def test_many_long_records_are_no_long_record(write):
    assert len(read(write("a;b\n" + f'"{"x" * 3000}\n";y\n' * 100), limit=4096)) == 100


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"))


@given(
    rows=st.lists(st.tuples(TEXT, TEXT), max_size=5),
    encoding=st.sampled_from(["utf-8", "utf-16"]),
    delimiter=st.sampled_from(",;\t|"),
    limit=st.sampled_from([1 << 14, LIMIT]),
)
def test_what_a_writer_wrote_is_read(tmp_path_factory, rows, encoding, delimiter, limit):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([("a", "b"), *rows])
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    path.write_text(text.getvalue(), encoding=encoding, newline="")
    assert values(path, dialect=Dialect(delimiter, '"', encoding), limit=limit) == rows


def test_raw_records_are_as_the_file_has_them(write):
    path = write('a;b\n1;2\n"x\ny";3\n"bad"x;\n4\n5;6\n')
    assert dict(raw_records(path, SEMICOLON, {3, 5, 6})) == {3: '"x\ny";3\n', 5: '"bad"x;\n', 6: "4\n"}
    assert dict(raw_records(path, SEMICOLON, set())) == {}


def test_raw_records_are_those_that_the_rows_name(write):
    path = write('a;b\r\n1\r\n"2\r\n";3;4\r\n5;6\r\n')
    bad = {row.first_line for row in read(path) if row.values is None}
    assert dict(raw_records(path, SEMICOLON, bad)) == {2: "1\r\n", 3: '"2\r\n";3;4\r\n'}


def test_the_municipalitys_files(shared):
    folder = shared / "data" / "budget" / "thessaloniki-daily-2016-04"
    columns = ("Υπηρεσία", "Κ.Α.", "Περιγραφή", "Προϋπολογισθέντα")
    for path in sorted(folder.glob("*/*.csv")):
        rows = read(path, columns, UTF16)
        assert len(rows) > 100
        assert all(row.values for row in rows), path.name
        assert len(rows) == path.read_text(encoding="utf-16").count("\n") - 1
