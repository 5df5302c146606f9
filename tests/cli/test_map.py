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
