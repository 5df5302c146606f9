"""`kamara validate FILE --shapes NAME`, as a person runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pyoxigraph as ox
import pytest
from support.benches import BENCH, SHAPES, bench, is_a

ENGINES = ("shacl", "pyshacl")


def validate(*arguments):
    command = [Path(sys.executable).with_name("kamara"), "validate", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def written(path, lines):
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def good(tmp_path):
    return written(tmp_path / "bench.nt", bench())


@pytest.fixture
def bad(tmp_path):
    return written(tmp_path / "bench.ttl", [is_a("Bench")])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_good_file_conforms(good, engine):
    done = validate(good, "--shapes", SHAPES, "--engine", engine)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("conforms to benches; nodes checked: 1\n")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_bad_file_is_reported(bad, engine):
    done = validate(bad, "--shapes", SHAPES, "--engine", engine)
    assert (done.returncode, done.stderr) == (3, "")
    assert BENCH in done.stdout
    assert "A bench has one number of seats" in done.stdout


def test_a_report_in_greek(bad):
    assert "Ένα παγκάκι έχει" in validate(bad, "--shapes", SHAPES, "--lang", "el").stdout


def test_a_report_for_programs(bad):
    document = json.loads(validate(bad, "--shapes", SHAPES, "--format", "json").stdout)
    assert {violation["focus"] for violation in document["violations"]} == {BENCH}


def test_a_report_as_turtle(bad):
    done = validate(bad, "--shapes", SHAPES, "--format", "ttl")
    assert list(ox.parse(done.stdout, format=ox.RdfFormat.TURTLE))


def test_a_file_in_which_nothing_is_checked_does_not_conform(tmp_path):
    file = written(tmp_path / "street.nt", [is_a("Street")])
    done = validate(file, "--shapes", SHAPES)
    assert done.returncode == 3
    assert "nothing in it was checked" in done.stderr


def test_what_is_not_rdf_is_one_line(tmp_path):
    file = written(tmp_path / "broken.ttl", ["<https://x.example/a> <https://x.example/b>"])
    done = validate(file, "--shapes", SHAPES)
    assert done.returncode == 3
    assert done.stderr.startswith(f"kamara: {file}, line 1: not Turtle")
    assert done.stderr.count("\n") == 1


def test_an_absent_file_is_wrong_use(tmp_path):
    done = validate(tmp_path / "none.ttl", "--shapes", SHAPES)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_unknown_shapes_are_wrong_use_and_the_known_ones_are_named(good):
    done = validate(good, "--shapes", "nothing")
    assert done.returncode == 2
    assert "choose one of: across, aggregates, " in done.stderr


def test_help_has_an_example():
    assert "Example: kamara validate" in validate("--help").stdout
