import struct
from datetime import date

import openpyxl
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st
from support.oldbook import write_old_workbook
from support.records import logical, read

from kamara.config import LoadSettings
from kamara.loaders.errors import SourceError, TableError
from kamara.loaders.readers import open_records, raw_records
from kamara.loaders.table import Dialect

ROWS = (
    [],
    ["Κωδικός", "Όνομα", "Ημέρα", "Τιμή"],
    [6114, "Θεσσαλονίκης", date(2016, 4, 1), 1.5],
    [],
    [5.0, None, None, True],
)
COLUMNS = ("Κωδικός", "Όνομα", "Ημέρα", "Τιμή")
SHEETS = {"Δήμοι": ROWS, "Άλλο": [["Τίτλος"], [None, "a", "b"], [None, "0701", 2], [None, None, 3]]}


@pytest.fixture
def old(tmp_path):
    return write_old_workbook(tmp_path / "book.xls", SHEETS)


def test_rows_are_records_with_the_text_of_their_cells(old):
    first, second = read(old, logical("CSV"), *COLUMNS)
    assert first.values == ("6114", "Θεσσαλονίκης", "2016-04-01", "1.5")
    assert second.values == ("5", "", "", "true")
    assert (first.first_line, second.first_line) == (3, 5)


def test_an_old_workbook_and_a_new_one_of_the_same_rows_give_the_same_records(old, tmp_path):
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    book.save(tmp_path / "book.xlsx")
    assert read(old, logical("CSV"), *COLUMNS) == read(tmp_path / "book.xlsx", logical("CSV"), *COLUMNS)


def test_the_sheet_is_named_and_the_title_above_its_headings_is_skipped(old):
    source = logical("CSV", "Άλλο", dialect=Dialect(skip_rows=1))
    assert [record.values for record in read(old, source, "a", "b")] == [("0701", "2"), ("", "3")]


def test_the_text_of_a_row_is_its_cells(old):
    assert dict(raw_records(old, logical("CSV"), {3}, LoadSettings())) == {
        3: "6114\tΘεσσαλονίκης\t2016-04-01\t1.5"
    }


@pytest.mark.parametrize(
    ("iterator", "column", "limits", "says"),
    [
        ("Όχι", "a", {}, "no sheet 'Όχι'.*it has Δήμοι, Άλλο"),
        (None, "a", {}, "no column 'a'"),
        (None, "Όνομα", {"max_whole_bytes": 1024}, "max_whole_bytes"),
    ],
)
def test_what_cannot_be_read_is_one_line(old, iterator, column, limits, says):
    with pytest.raises(SourceError, match=says) as caught:
        read(old, logical("CSV", iterator), column, **limits)
    assert "\n" not in str(caught.value)


def test_a_file_that_only_has_the_name_of_an_old_workbook(tmp_path):
    for content in (b"", b"a;b\n1;2\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)):
        (tmp_path / "book.xls").write_bytes(content)
        with pytest.raises(TableError, match="not a workbook"):
            read(tmp_path / "book.xls", logical("CSV"), "a")
    with pytest.raises(SourceError, match="cannot be read"):
        read(tmp_path / "none.xls", logical("CSV"), "a")


def test_a_reader_that_is_not_read_to_the_end_does_not_hang(tmp_path):
    path = write_old_workbook(tmp_path / "long.xls", {"x": [["a"], *([n] for n in range(2000))]})
    records = open_records(path, logical("CSV"), ("a",), {}, LoadSettings())
    assert next(records).values == ("0",)
    records.close()
    assert list(open_records(path, logical("CSV"), ("a",), {}, LoadSettings()))[-1].values == ("1999",)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_file_that_would_kill_its_reader_ends_in_one_line(data, tmp_path_factory):
    path = write_old_workbook(tmp_path_factory.mktemp("mutilated") / "book.xls", SHEETS)
    content = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 20))):
        content[data.draw(st.integers(8, 2600))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(content))
    try:
        read(path, logical("CSV"), *COLUMNS)
    except SourceError as error:
        assert "book.xls" in str(error)


def test_a_sheet_that_says_to_be_larger_than_memory_costs_only_the_reader(old):
    content = old.read_bytes()
    dimensions = content.index(struct.pack("<HHII", 0x0200, 14, 0, len(ROWS)))
    at = dimensions + 8
    old.write_bytes(content[:at] + struct.pack("<IHH", 0x7FFFFFFF, 0, 0xFFFF) + content[at + 8 :])
    with pytest.raises(TableError, match="not a workbook that can be read"):
        read(old, logical("CSV"), "Όνομα")


@pytest.mark.shared
def test_the_census(shared):
    path = shared / "data" / "locations" / "population_census2011_Thessaloniki_metropolitan.xls"
    column = "Γεωγραφικός κωδικός Καλλικράτη"
    records = read(path, logical("CSV", dialect=Dialect(skip_rows=1)), column, "Μόνιμος Πληθυσμός")
    _, _, *rows = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert [record.values for record in records] == [(row[2], str(int(row[4]))) for row in rows]
