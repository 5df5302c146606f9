"""The code lists of reports: steps and status agree, and the words of the sources are in them."""

import json

import pytest
from rdflib import RDF, Graph, Namespace
from rdflib.namespace import RDFS, SKOS

from kamara.loaders.rml.codelists import CodeLists
from kamara.resources import DEFAULT_BASE, bundled

CODE, KAM = f"{DEFAULT_BASE}code/", Namespace(f"{DEFAULT_BASE}def/")
NAMES = (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel)
# Words of SenseCity's vocabulary: what they name in the lists here.
CATEGORIES = {
    "GARBAGE_ISSUE": "cleaning",
    "LIGHTNING_ISSUE": "lighting",
    "PLUMBING_ISSUE": "water",
    "ROAD_ISSUE": "roads",
    "PROTECTION_POLICY_ISSUE": "civil-protection",
    "GREEN_ISSUE": "green",
    "ENVIRONMENT_ISSUE": "environment",
    "STRAY_ANIMALS": "stray-animals",
    "RECYCLE_ISSUE": "recycling",
    "BAD_ROAD": "roads",
    "FULL_GARBAGE_BIN": "cleaning",
    "GLOWING_LAMPS": "lighting",
    "CLOGGED_WELL": "drainage",
    "TREE_PRUNING": "green",
}
STATES = {
    "OPEN": "open",
    "CONFIRMED": "open",
    "IN_PROGRESS": "open",
    "IN_PROGR": "open",
    "RESOLVED": "closed",
}
SERVICES = {
    "cleaning": "20", "recycling": "20", "lighting": "20", "roads": "30", "green": "35",
    "cemeteries": "45", "parking": "50",
}  # fmt: skip


def read(name):
    return Graph().parse(bundled().ontology / "codes" / f"{name}.ttl")


def key(concept):
    return str(concept).rpartition("/")[2]


@pytest.fixture(scope="module")
def words(shared):
    """SenseCity's Greek vocabulary."""
    path = shared / "data" / "issues" / "sensecity-lang_el.json"
    found = json.loads(path.read_text(encoding="utf-8"))
    return {name: text.strip() for name, text in found.items()}


@pytest.fixture(scope="module")
def lists():
    return CodeLists.read(bundled().ontology / "codes", DEFAULT_BASE)


def test_there_are_the_seven_steps_each_of_one_status():
    steps = read("report-step")
    found = {
        key(step): key(steps.value(step, SKOS.broadMatch)) for step in steps.subjects(RDF.type, SKOS.Concept)
    }
    assert found == {
        "submitted": "open", "acknowledged": "open", "on-progress": "open",
        "solved": "closed", "unsolved": "closed", "closed": "closed", "archived": "closed",
    }  # fmt: skip


def test_each_name_of_a_step_is_a_name_of_its_status(lists):
    steps = read("report-step")
    status = lists.scheme(f"{CODE}report-status")
    for step in steps.subjects(RDF.type, SKOS.Concept):
        for name in NAMES:
            for label in steps.objects(step, name):
                assert status.find(str(label)).iri == str(steps.value(step, SKOS.broadMatch))


def test_services_are_stated_only_where_one_plainly_answers():
    graph = read("report-category")
    assert {key(s): key(o) for s, o in graph.subject_objects(KAM.budgetService)} == SERVICES
    known = read("budget-service")
    for category, service in graph.subject_objects(KAM.budgetService):
        assert (service, RDF.type, SKOS.Concept) in known
        assert sorted(note.language for note in graph.objects(category, SKOS.note)) == ["el", "en"]


@pytest.mark.parametrize("word", CATEGORIES)
def test_the_greek_words_for_problems_are_known(words, lists, word):
    concept = lists.scheme(f"{CODE}report-category").find(words[word])
    assert concept.notation == CATEGORIES[word]


@pytest.mark.parametrize("word", STATES)
def test_the_greek_words_for_states_are_known(words, lists, word):
    assert lists.scheme(f"{CODE}report-status").find(words[word]).notation == STATES[word]


def test_own_terms_are_named_and_explained_in_both_languages():
    graph = Graph().parse(bundled().ontology / "reports.ttl")
    own = {term for term in graph.subjects(RDFS.isDefinedBy, None) if str(term).startswith(str(KAM))}
    assert {KAM.Report, KAM.step, KAM.votes, KAM.moderated, KAM.reportCount} <= own
    for term in own:
        for told in (RDFS.label, RDFS.comment):
            assert sorted(text.language for text in graph.objects(term, told)) == ["el", "en"]
