import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from support.records import logical, read

from kamara.config import LoadSettings
from kamara.loaders.errors import TableError
from kamara.loaders.readers import raw_records
from kamara.loaders.table import Dialect

ENTITY = "&l{};"


@pytest.fixture
def book(tmp_path):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Δήμοι"
    for row in (
        [],
        ["Κωδικός", "Όνομα", "Ημέρα", "Τιμή"],
        [6114, "Θεσσαλονίκης", date(2016, 4, 1), 1.5],
        [],
        [6115.0, None, datetime(2016, 4, 1, 10, 30), True],
    ):
        sheet.append(row)
    workbook.create_sheet("Άλλο").append(["a"])
    workbook["Άλλο"].append(["1"])
    path = tmp_path / "book.xlsx"
    workbook.save(path)
    return path


def test_rows_are_records_with_the_text_of_their_cells(book):
    first, second = read(book, logical("CSV"), "Κωδικός", "Όνομα", "Ημέρα", "Τιμή")
    assert first.values == ("6114", "Θεσσαλονίκης", "2016-04-01", "1.5")
    assert second.values == ("6115", "", "2016-04-01T10:30:00", "true")
    assert (first.first_line, second.first_line) == (3, 5)


def test_the_iterator_names_the_sheet(book):
    assert [record.values for record in read(book, logical("CSV", "Άλλο"), "a")] == [("1",)]


def test_the_text_of_a_row_is_its_cells(book):
    assert dict(raw_records(book, logical("CSV"), {3}, LoadSettings())) == {
        3: "6114\tΘεσσαλονίκης\t2016-04-01\t1.5"
    }


@pytest.mark.parametrize(
    ("iterator", "column", "limits", "says"),
    [
        ("Όχι", "a", {}, "no sheet 'Όχι'"),
        (None, "a", {}, "no column 'a'"),
        (None, "Όνομα", {"max_whole_bytes": 1024}, "unpacks to"),
    ],
)
def test_what_cannot_be_read_is_one_line(book, iterator, column, limits, says):
    with pytest.raises(TableError, match=says):
        read(book, logical("CSV", iterator), column, **limits)


def test_a_file_that_only_has_the_name_of_a_workbook(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_text("a;b\n", encoding="utf-8")
    with pytest.raises(TableError, match="not a workbook"):
        read(path, logical("CSV"), "a")
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("x.txt", "y")
    with pytest.raises(TableError, match="not a workbook"):
        read(path, logical("CSV"), "a")
    with pytest.raises(TableError, match="cannot be read"):
        read(tmp_path / "none.xlsx", logical("CSV"), "a")


def test_an_entity_bomb_inside_is_refused(book, tmp_path):
    laughs = "".join(f'<!ENTITY l{n} "{ENTITY.format(n - 1) * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE worksheet [<!ENTITY l0 "ha">{laughs}]>'
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(book) as old, zipfile.ZipFile(bomb, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                content = head.encode() + content.replace(b"<v>6114</v>", b"<v>&l9;</v>")
            new.writestr(entry, content)
    with pytest.raises(TableError, match="not a workbook"):
        read(bomb, logical("CSV"), "Όνομα")


def test_titles_above_the_headings_are_skipped(tmp_path):
    book = openpyxl.Workbook()
    for row in (["Απογραφή 2011"], ["Κωδικός", "Όνομα"], ["0701", "Α"], [], ["0702", "Β"], [], ["(note)"]):
        book.active.append(row)
    path = tmp_path / "book.xlsx"
    book.save(path)
    titled = logical("CSV", dialect=Dialect(skip_rows=1))
    assert [record.values for record in read(path, titled, "Κωδικός")] == [("0701",), ("0702",), ("(note)",)]
    ended = logical("CSV", dialect=Dialect(skip_rows=1, until_blank=True))
    assert [record.values for record in read(path, ended, "Κωδικός")] == [("0701",)]


@pytest.mark.shared
def test_the_register_of_municipalities(shared):
    path = shared / "data" / "locations" / "kallikratis-domes.xlsx"
    columns = ("Κωδικός Περιφέρειας", "Περιγραφή Περιφέρειας")
    records = read(path, logical("CSV"), *columns)
    assert len(records) == sum(1 for _ in openpyxl.load_workbook(path, read_only=True).worksheets[0].rows) - 1
    assert all(record.values for record in records)
