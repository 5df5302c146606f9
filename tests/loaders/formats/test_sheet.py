import pytest

from kamara.config import LoadSettings
from kamara.loaders.errors import TableError
from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.readers import open_records, raw_records
from kamara.loaders.table import Dialect

LIMITS = LoadSettings()
SHEET = """\n"A title
in two lines",
,Names
No,"The
 name",Remark
1,"Upper
Street",x
2,"Lower  Street"
3,too,many,fields
4,Last,

No,Another table
5,Hidden
"""


def source(**dialect):
    return LogicalSource("sheet.csv", "CSV", None, Dialect(**dialect))


def read(path, columns, **dialect):
    return list(open_records(path, source(**dialect), columns, {}, LIMITS))


@pytest.fixture
def sheet(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text(SHEET, encoding="utf-8")
    return path


def test_titles_are_skipped_and_a_blank_row_ends_the_table(sheet):
    rows = read(sheet, ["No", "The name", "Remark"], skip_rows=3, until_blank=True)
    assert [row.values for row in rows] == [
        ("1", "Upper Street", "x"),
        ("2", "Lower Street", ""),
        None,
        ("4", "Last", ""),
    ]
    assert rows[2].problem == "4 fields instead of 3"


def test_without_an_end_blank_rows_are_passed_over(sheet):
    rows = read(sheet, ["No"], skip_rows=3)
    assert [row.values[0] for row in rows if row.values] == ["1", "2", "4", "No", "5"]


def test_a_record_in_quarantine_has_its_own_text(sheet):
    (bad,) = [row for row in read(sheet, ["No"], skip_rows=3, until_blank=True) if row.values is None]
    dialect = source(skip_rows=3, until_blank=True)
    assert dict(raw_records(sheet, dialect, {bad.first_line}, LIMITS)) == {
        bad.first_line: "3,too,many,fields\n"
    }


def test_a_column_that_is_not_there_is_named(sheet):
    with pytest.raises(TableError, match="no column 'Nome'"):
        read(sheet, ["Nome"], skip_rows=3)


@pytest.mark.parametrize("content", ["", "\n\n", "a title\n"])
def test_a_sheet_without_headings_is_refused(tmp_path, content):
    path = tmp_path / "sheet.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(TableError, match="an empty table"):
        read(path, ["No"], skip_rows=3)


def test_a_quote_that_is_never_closed_is_refused(tmp_path):
    path = tmp_path / "sheet.csv"
    path.write_text('No,Name\n1,"open\n', encoding="utf-8")
    with pytest.raises(TableError, match="line 2"):
        read(path, ["No"], until_blank=True)
