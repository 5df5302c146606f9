import subprocess
import sys
from pathlib import Path

import pytest

KAMARA = Path(sys.executable).with_name("kamara")

MAPPING = """
@prefix rml: <http://w3id.org/rml/> .
@prefix fn: <https://data.thessaloniki.gr/def/fn/> .
@prefix kam: <https://data.thessaloniki.gr/def/> .
<#things> rml:logicalSource [ rml:source "table.csv" ; rml:referenceFormulation rml:CSV ] ;
    rml:subjectMap [ rml:template "https://data.thessaloniki.gr/id/thing/{year}~{id}" ] ;
    rml:predicateObjectMap [ rml:predicate kam:amount ; rml:objectMap [ rml:functionExecution [
        rml:function fn:greekDecimal ;
        rml:input [ rml:parameter fn:text ; rml:inputValueMap [ rml:reference "ποσό" ] ] ] ] ] .
"""
LINE = (
    '<https://data.thessaloniki.gr/id/thing/2016~1> <https://data.thessaloniki.gr/def/amount> "1234.50" .\n'
)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mapping.ttl").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "table.csv").write_text('id,ποσό\n1,"1.234,50"\n', encoding="utf-8")
    return tmp_path


def run(folder, *arguments):
    return subprocess.run(
        [KAMARA, "map", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_a_source_becomes_n_quads(folder):
    done = run(folder, "--field", "year=2016", "mapping.ttl", "out.nq")
    assert (done.returncode, done.stderr) == (0, "")
    assert (folder / "out.nq").read_text(encoding="utf-8") == LINE


def test_standard_output_and_another_base(folder):
    done = run(folder, "--base", "http://localhost/", "--field", "year=2016", "mapping.ttl", "-")
    assert done.stdout == LINE.replace("https://data.thessaloniki.gr/", "http://localhost/")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (
            'id,ποσό\n1,"1,00"\n2,ένα\n',
            "table.csv, line 3: column ποσό: found 'ένα', expected a Greek decimal",
        ),
        ("id,ποσό\n1\n2,3\n", "table.csv, line 2: 1 fields instead of 2"),
        ("id\n1\n", "table.csv, line 1: no column 'ποσό'"),
    ],
)
def test_what_cannot_be_mapped_is_one_line_and_leaves_the_old_output(folder, table, says):
    (folder / "table.csv").write_text(table, encoding="utf-8")
    (folder / "out.nq").write_text("before")
    done = run(folder, "--field", "year=2016", "mapping.ttl", "out.nq")
    assert done.returncode == 3
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    assert (folder / "out.nq").read_text() == "before"
    assert sorted(path.name for path in folder.iterdir()) == ["mapping.ttl", "out.nq", "table.csv"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("none.ttl", "out.nq"), 3),
        (("table.csv", "out.nq"), 3),
        (("--field", "year", "mapping.ttl", "out.nq"), 2),
        (("--field", "year=1", "mapping.ttl", "no/folder/out.nq"), 1),
        (("mapping.ttl",), 2),
        (("--base", "http://example.org/{x}", "mapping.ttl", "out.nq"), 2),
    ],
)
def test_wrong_use_is_an_error_without_a_stack_trace(folder, arguments, code):
    done = run(folder, *arguments)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert done.stderr


def test_a_source_that_is_not_there(folder):
    (folder / "table.csv").unlink()
    done = run(folder, "--field", "year=1", "mapping.ttl", "out.nq")
    assert done.returncode == 3
    assert "table.csv: cannot be read" in done.stderr


def test_help_has_an_example(folder):
    assert "Example: kamara map" in run(folder, "--help").stdout


OLD = """
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix rml: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
<#things> rml:logicalSource [ rml:source "table.csv" ; rml:referenceFormulation ql:CSV ] ;
    rr:subjectMap [ rml:reference "id" ; rr:class <http://example.org/Thing> ] .
"""


def test_the_older_rml_leaves_out_what_it_cannot_map_and_says_so(folder):
    (folder / "old.ttl").write_text(OLD, encoding="utf-8")
    (folder / "table.csv").write_text("id\nhttp://a/1\nno iri\n1,2\nhttp://a/2\n", encoding="utf-8")
    done = run(folder, "old.ttl", "out.nq")
    assert done.returncode == 0
    assert "table.csv, line 3: column id: found 'no iri'" in done.stderr
    assert "table.csv, line 4: 2 fields instead of 1; left out" in done.stderr
    assert (folder / "out.nq").read_text(encoding="utf-8").count("\n") == 2


YARRRML = """
mappings:
  thing:
    sources:
      - ['a.json~jsonpath', '$.things[*]']
    s: http://example.org/$(id)
    po:
      - [http://example.org/p, $(name), el~lang]
"""


def test_yarrrml(folder):
    pytest.importorskip("yatter")
    (folder / "m.yml").write_text(YARRRML, encoding="utf-8")
    (folder / "a.json").write_text('{"things": [{"id": 1, "name": "ένα"}]}', encoding="utf-8")
    done = run(folder, "m.yml", "-")
    assert done.stdout == '<http://example.org/1> <http://example.org/p> "ένα"@el .\n'
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("text", ["a: [", "a: 1", None])
def test_what_is_no_yarrrml_is_one_line(folder, text):
    pytest.importorskip("yatter")
    if text is not None:
        (folder / "m.yml").write_text(text, encoding="utf-8")
    done = run(folder, "m.yml", "out.nq")
    assert done.returncode == 3
    assert done.stderr.startswith("kamara: m.yml: ")
    assert done.stderr.count("\n") == 1


def test_a_bad_record_of_json_is_named_by_its_number(folder):
    json_source = 'rml:source "a.json" ; rml:iterator "$[*]" ; rml:referenceFormulation rml:JSONPath'
    text = MAPPING.replace('rml:source "table.csv" ; rml:referenceFormulation rml:CSV', json_source)
    (folder / "mapping.ttl").write_text(text, encoding="utf-8")
    (folder / "a.json").write_text('[{"id": 1, "ποσό": "1,5"}, {"id": 2, "ποσό": "ένα"}]', encoding="utf-8")
    done = run(folder, "--field", "year=2016", "mapping.ttl", "out.nq")
    assert done.returncode == 3
    assert "a.json, record 2: column ποσό: found 'ένα'" in done.stderr
    assert done.stderr.count("\n") == 1
