"""The ontology before a reasoner: what can have no member, and what cannot be."""

import sys

import pyoxigraph as ox
import pytest

from kamara.loaders.errors import ReasonerError
from kamara.loaders.reason import reason
from kamara.loaders.reason.hermit import Hermit, missing
from kamara.loaders.reason.view import view
from kamara.resources import DEFAULT_BASE, Resources, bundled

KAM = f"{DEFAULT_BASE}def/"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
PREFIXES = """
@prefix kam: <https://data.thessaloniki.gr/def/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SEATS = """
kam:Seat a owl:Class . kam:Lamp a owl:Class ; owl:disjointWith kam:Seat .
kam:Bench a owl:Class ; rdfs:subClassOf kam:Seat .
"""
needs_reasoner = pytest.mark.skipif(bool(missing()), reason=f"reasoner not run: {missing()}")


@pytest.fixture
def judged(tmp_path):
    """The verdict on a small ontology in one file."""

    def judge(text, seconds=120):
        path = tmp_path / "resources" / "ontology" / "seats.ttl"
        path.parent.mkdir(parents=True)
        path.write_text(PREFIXES + text, encoding="utf-8")
        return reason(Resources(tmp_path / "resources"), DEFAULT_BASE, seconds)

    return judge


def lines(text):
    """The view of an ontology, and its axioms without the declarations."""
    quads = ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)
    seen = view([quad.triple for quad in quads])
    return seen, {line for line in seen.axioms if "#type>" not in line}


@needs_reasoner
def test_what_kamara_ships_holds_together():
    verdict = reason(bundled(), DEFAULT_BASE, 300)
    assert [str(finding) for finding in verdict.findings] == []
    assert verdict.not_run == ""
    assert verdict.classes > 50 and verdict.individuals > 1000
    assert f"{KAM}baseYear rdfs:range xsd:gYear" in verdict.left_out


@needs_reasoner
def test_a_sound_ontology_has_no_findings(judged):
    assert judged(SEATS + "kam:one a kam:Bench . kam:two a kam:Lamp .").findings == ()


@needs_reasoner
def test_a_class_that_can_have_no_member_is_found(judged):
    verdict = judged(SEATS + "kam:LampBench a owl:Class ; rdfs:subClassOf kam:Bench , kam:Lamp .")
    (finding,) = verdict.findings
    assert finding.file.endswith("ontology/seats.ttl")
    assert finding.place == "line 11"
    assert finding.what == f"{KAM}LampBench can have no member: its axioms contradict each other"
    assert finding.remedy


@needs_reasoner
def test_an_individual_that_cannot_be_is_found_among_others(judged):
    sound = "".join(f"kam:bench{n} a kam:Bench .\n" for n in range(9))
    verdict = judged(SEATS + sound + "kam:bench5 a kam:Lamp .\n")
    (finding,) = verdict.findings
    assert finding.what.startswith(f"{KAM}bench5 contradicts the ontology")
    assert finding.place == "line 16"


@needs_reasoner
def test_a_domain_makes_an_individual_impossible(judged):
    verdict = judged(
        SEATS
        + "kam:lights a owl:ObjectProperty ; rdfs:domain kam:Lamp . kam:b a kam:Bench ; kam:lights kam:b ."
    )
    assert [finding.what.split()[0] for finding in verdict.findings] == [f"{KAM}b"]


@needs_reasoner
def test_both_kinds_of_fault_are_told_together(judged):
    verdict = judged(
        SEATS + "kam:LampBench rdfs:subClassOf kam:Bench , kam:Lamp . kam:x a kam:Bench , kam:Lamp ."
    )
    assert {finding.what.split()[0] for finding in verdict.findings} == {f"{KAM}LampBench", f"{KAM}x"}


@needs_reasoner
def test_a_property_of_things_and_of_values_is_found(judged):
    verdict = judged(SEATS + "kam:legs a owl:ObjectProperty , owl:DatatypeProperty .")
    assert [finding.what for finding in verdict.findings] == [f"{KAM}legs takes both things and values"]


@needs_reasoner
def test_the_reasoner_is_stopped_when_its_time_is_over(judged):
    with pytest.raises(ReasonerError, match=r"stopped after 0\.01 seconds; raise the setting"):
        judged(SEATS, seconds=0.01)


@needs_reasoner
def test_what_is_no_ontology_is_one_line():
    with pytest.raises(ReasonerError, match=r"^owlready2 failed: "):
        Hermit(60).classify(["this is no triple\n"])


def test_without_java_it_says_that_it_was_not_run(judged, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    verdict = judged(SEATS + "kam:x a kam:Bench , kam:Lamp .")
    assert verdict.not_run.startswith("there is no java") or verdict.not_run.startswith("owlready2 is not")
    assert verdict.findings == ()


def test_owlready2_is_loaded_by_nothing_but_its_own_process():
    assert not any(name.startswith("owlready2") for name in sys.modules)


def test_axioms_with_datatypes_that_owl_lacks_are_left_out_and_listed():
    seen, axioms = lines(
        "kam:year a owl:DatatypeProperty ; rdfs:range xsd:gYear ."
        "kam:n a owl:DatatypeProperty ; rdfs:range xsd:int ."
        'kam:x a kam:C ; kam:year "2015"^^xsd:gYear .'
    )
    assert seen.left_out == (
        f"{KAM}year rdfs:range xsd:gYear",
        f'{KAM}x {KAM}year "2015"^^<http://www.w3.org/2001/XMLSchema#gYear>',
    )
    assert axioms == {
        f"<{KAM}n> <http://www.w3.org/2000/01/rdf-schema#range> <http://www.w3.org/2001/XMLSchema#int> .\n"
    }


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("kam:p rdfs:range xsd:date .", "DatatypeProperty"),
        ("kam:p rdfs:range kam:C .", "ObjectProperty"),
        ("kam:p rdfs:domain kam:C . kam:x a kam:C ; kam:p 1 .", "DatatypeProperty"),
        ("kam:p rdfs:subPropertyOf kam:q . kam:q a owl:ObjectProperty .", "ObjectProperty"),
        ("kam:q rdfs:subPropertyOf kam:p . kam:q a owl:DatatypeProperty .", "DatatypeProperty"),
    ],
)
def test_a_property_of_rdf_schema_is_of_things_or_of_values(text, kind):
    seen, _ = lines(text)
    declared = f"<{KAM}p> <{TYPE}> <http://www.w3.org/2002/07/owl#{kind}> .\n"
    assert declared in seen.axioms


def test_labels_and_terms_of_the_languages_themselves_stay_out():
    seen, axioms = lines(
        'kam:C a owl:Class ; rdfs:label "C"@en . rdf:type a rdf:Property . owl:Class a rdfs:Class .'
    )
    assert seen.classes == {f"{KAM}C"}
    assert axioms == set()
    assert seen.individuals == {}
