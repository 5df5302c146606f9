import tracemalloc

import pytest
from support.records import logical, read

from kamara.config import LoadSettings
from kamara.loaders.errors import MappingError, SourceError
from kamara.loaders.readers import check_expressions, open_records, raw_records

EDM = """<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<r:RDF xmlns:r="http://r/" xmlns:dc="http://dc/" xml:lang="el">
  <other><r:Thing r:about="not-me"/></other>
  <r:Thing r:about="http://a/1"><dc:title xml:lang="el">Λευκός <b>Πύργος</b><!-- x --></dc:title>
    <dc:date/><dc:type>a</dc:type><dc:type>b</dc:type></r:Thing>
  <r:Thing r:about="http://a/2"><dc:title xml:lang="">&amp;&#948;</dc:title></r:Thing>
</r:RDF>"""
SPACES = {"r": "http://r/", "dc": "http://dc/"}


@pytest.fixture
def write(tmp_path):
    def written(content):
        path = tmp_path / "data.xml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return written


def values(path, iterator, *columns, **limits):
    return [record.values for record in read(path, logical("XPath", iterator, SPACES), *columns, **limits)]


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("@r:about", ["http://a/1", "http://a/2"]),
        ("dc:title", ["Λευκός Πύργος", "&δ"]),
        ("dc:title/b", ["Πύργος", ""]),
        ("dc:title/@xml:lang", ["el", ""]),
        ("dc:date", ["", ""]),
        ("dc:type", [("a", "b"), ""]),
        ("dc:type[2]", ["b", ""]),
        ("count(dc:type)", ["2", "0"]),
        ("dc:type = 'a'", ["true", "false"]),
        ("string(dc:type)", ["a", ""]),
        ("../@xml:lang", ["el", "el"]),
        ("preceding-sibling::r:Thing/@r:about", ["", "http://a/1"]),
    ],
)
def test_references(write, column, expected):
    assert values(write(EDM), "/r:RDF/r:Thing", column) == [(value,) for value in expected]


@pytest.mark.parametrize("iterator", ["/r:RDF/r:Thing", "/r:RDF/r:Thing[dc:title]", "//r:Thing[dc:title]"])
def test_an_iterator_streamed_or_not_finds_the_same(write, iterator):
    assert values(write(EDM), iterator, "@r:about") == [("http://a/1",), ("http://a/2",)]


def test_only_the_exact_path_is_streamed(write):
    assert values(write("<a><b><b>1</b></b><c><b>2</b></c></a>"), "/a/b/b", ".") == [("1",)]


BOMB = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><a><b>&y;</b></a>'
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize("iterator", ["/a/b", "/a/b[1]"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<a><b>1</a>", "not well-formed"),
        ("<a><b>1</b>", "not well-formed"),
        ("", "not well-formed"),
        (BOMB, "entities"),
        (f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a><b>&l11;</b></a>', "entit"),
        (f'<!DOCTYPE a [<!ENTITY l0 "ha">{LAUGHS}]><a><b c="&l11;"/></a>', "entit"),
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a><b>&x;</b></a>', "entities"),
        ("<a>" + "<b>" * 5000 + "</b>" * 5000 + "</a>", "not well-formed"),
        ("<a><b>Α</b></a>".encode("iso8859-7"), "not well-formed"),
    ],
)
def test_what_is_not_xml_or_dangerous_is_one_line_that_names_the_file(write, text, says, iterator):
    with pytest.raises(SourceError) as caught:
        values(write(text), iterator, ".")
    assert says in str(caught.value)
    assert "data.xml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_document_type_without_entities_is_no_harm(write):
    assert values(write("<!DOCTYPE a><a><b>1</b></a>"), "/a/b", ".") == [("1",)]


def test_an_iterator_that_needs_the_whole_file_has_a_limit(write):
    path = write("<a>" + "<b><c>1</c></b>" * 1000 + "</a>")
    with pytest.raises(SourceError, match=r"load.max_whole_bytes"):
        values(path, "//b", "c", max_whole_bytes=1024)
    with pytest.raises(SourceError, match=r"without a record"):
        values(path, "/a/nothing", "c", max_whole_bytes=1024)


def test_memory_does_not_grow_with_the_file(write):
    def peak(records):
        path = write("<a>" + "<x><y/></x><b><c>1</c></b>" * records + "</a>")
        tracemalloc.start()
        count = sum(1 for _ in open_records(path, logical("XPath", "/a/b"), ["c"], {}, LoadSettings()))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert count == records
        return most

    peak(10)
    assert peak(20_000) < 2 * peak(5_000)


def test_the_text_of_a_record_is_its_element(write):
    path = write("<a><b>1</b> <b c='2'/></a>")
    found = dict(raw_records(path, logical("XPath", "/a/b"), {2}, LoadSettings()))
    assert found == {2: '<b c="2"/>'}


@pytest.mark.parametrize("text", ["a[1", "x:a", "//", "$y", "nothing()"])
def test_an_expression_that_is_not_xpath_is_refused(text):
    with pytest.raises(MappingError):
        check_expressions(logical("XPath", "/a"), [text])
