"""`kamara check`, as a person runs it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kamara.cli.check import Subject
from kamara.loaders.check import CHECKS
from kamara.loaders.reason.hermit import missing
from kamara.resources import bundled


def check(*arguments, **environment):
    return subprocess.run(
        [Path(sys.executable).with_name("kamara"), "check", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def broken(tmp_path):
    """Two mistakes in the ontology, and empty folders."""
    shutil.copytree(bundled().ontology, tmp_path / "ontology")
    for name in ("shapes", "mappings", "sparql"):
        (tmp_path / name).mkdir()
    for name in ("one", "two"):
        (tmp_path / "ontology" / f"{name}.ttl").write_text("@prefix", encoding="utf-8")
    return str(tmp_path)


def test_what_kamara_ships_passes():
    done = check()
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        done.stdout
        == "checked ontology, codes, shapes, mappings, queries, derived, edited, links: no findings\n"
    )


def test_each_finding_is_a_line_and_the_exit_code_says_so(broken):
    done = check(KAMARA_RESOURCES_DIR=broken)
    assert (done.returncode, done.stderr) == (3, "")
    assert [line.partition(": ")[0] for line in done.stdout.splitlines()] == [
        f"{broken}/ontology/one.ttl, line 1",
        f"{broken}/ontology/two.ttl, line 1",
    ]


def test_a_part_is_checked_by_itself(broken):
    done = check("--only", "shapes", "--only", "queries", KAMARA_RESOURCES_DIR=broken)
    assert (done.returncode, done.stdout) == (0, "checked shapes, queries: no findings\n")


def test_a_folder_that_is_not_there_does_not_pass(tmp_path):
    done = check("--only", "shapes", KAMARA_RESOURCES_DIR=str(tmp_path / "nowhere"))
    assert done.returncode == 3
    assert done.stdout == f"{tmp_path}/nowhere/shapes: no such folder; correct the setting resources_dir\n"


def test_an_unknown_part_is_wrong_use():
    assert check("--only", "everything").returncode == 2


def test_every_check_can_be_chosen():
    assert [subject.value for subject in Subject] == list(CHECKS)


@pytest.mark.skipif(bool(missing()), reason=f"reasoner not run: {missing()}")
def test_the_reasoner_says_what_it_left_out_and_what_it_saw():
    done = check("--only", "codes", "--reason")
    assert (done.returncode, done.stderr) == (0, "")
    *left_out, told = done.stdout.splitlines()[1:]
    assert all(line.startswith("left out for the reasoner") for line in left_out)
    assert re.fullmatch(r"checked \d+ classes and \d+ individuals with HermiT: no findings", told)


def test_a_reasoner_that_cannot_run_is_told_apart_from_a_good_ontology(tmp_path):
    done = check("--only", "codes", "--reason", PATH=str(tmp_path))
    assert (done.returncode, done.stdout) == (6, "checked codes: no findings\n")
    assert re.fullmatch(r"reasoner not run: .*(java|owlready2).*\n", done.stderr)


@pytest.mark.skipif(bool(missing()), reason=f"reasoner not run: {missing()}")
def test_an_ontology_that_contradicts_itself_does_not_pass(tmp_path):
    shutil.copytree(bundled().ontology, tmp_path / "ontology")
    (tmp_path / "ontology" / "wrong.ttl").write_text(
        """@prefix kam: <https://data.thessaloniki.gr/def/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
kam:Dream a owl:Class ; rdfs:label "dream"@en , "όνειρο"@el ; rdfs:comment "Not."@en , "Όχι."@el ;
    rdfs:subClassOf kam:BudgetLine ; owl:disjointWith kam:BudgetLine .
""",
        encoding="utf-8",
    )
    (tmp_path / "shapes").mkdir()
    done = check("--only", "codes", "--reason", KAMARA_RESOURCES_DIR=str(tmp_path))
    assert done.returncode == 3
    (finding,) = (line for line in done.stdout.splitlines() if "wrong.ttl" in line)
    assert finding.startswith(
        f"{tmp_path}/ontology/wrong.ttl, line 4: https://data.thessaloniki.gr/def/Dream"
    )


def test_help_has_an_example():
    assert "Example: kamara check" in check("--help").stdout
