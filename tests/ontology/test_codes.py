from collections import Counter

import pytest
from rdflib import RDF, Graph, URIRef
from rdflib.namespace import SKOS

from kamara.resources import bundled

CODE = "https://data.thessaloniki.gr/code/"
OPEN_BUDGETS = "http://data.openbudgets.eu/resource/codelist/"
LISTS = {
    "kae-expenditure": "kae-ota-exodwn-2014",
    "kae-revenue": "kae-ota-esodwn-2014",
    "budget-service": "kae-ota-administration-2014",
}

ALL = sorted((bundled().ontology / "codes").glob("*.ttl"))
# Lists of concepts that others define.
OF_OTHERS = ("kae", "target-unit")


@pytest.fixture(scope="module", params=LISTS)
def code_list(request):
    return request.param, Graph().parse(bundled().ontology / "codes" / f"{request.param}.ttl")


@pytest.mark.parametrize("path", ALL, ids=lambda one: one.stem)
def test_every_concept_is_named_in_both_languages_and_noted_as_in_its_address(path):
    graph, scheme = Graph().parse(path), URIRef(CODE + path.stem)
    assert concepts(graph) or path.stem in OF_OTHERS
    for concept in concepts(graph):
        names = list(graph.objects(concept, SKOS.prefLabel))
        assert sorted(name.language for name in names) == ["el", "en"]
        assert all(name.strip() for name in names)
        assert f"{scheme}/{graph.value(concept, SKOS.notation)}" == str(concept)
        assert (concept, SKOS.inScheme, scheme) in graph


@pytest.mark.parametrize("path", ALL, ids=lambda one: one.stem)
def test_concepts_with_none_above_them_are_on_top_of_their_list(path):
    graph = Graph().parse(path)
    alone = {concept for concept in concepts(graph) if not list(graph.objects(concept, SKOS.broader))}
    assert alone == set(graph.objects(URIRef(CODE + path.stem), SKOS.hasTopConcept)) or path.stem in OF_OTHERS


def concepts(graph):
    return list(graph.subjects(RDF.type, SKOS.Concept))


def test_no_two_concepts_of_a_list_share_a_name(code_list):
    _, graph = code_list
    names = Counter((str(name), name.language) for name in graph.objects(None, SKOS.prefLabel))
    assert [name for name, count in names.items() if count > 1] == []


def test_broader_and_narrower_say_the_same_and_reach_the_top(code_list):
    name, graph = code_list
    assert {(b, a) for a, b in graph.subject_objects(SKOS.broader)} == set(
        graph.subject_objects(SKOS.narrower)
    )
    tops = set(graph.subjects(SKOS.topConceptOf, URIRef(CODE + name)))
    for concept in concepts(graph):
        assert tops & set(graph.transitive_objects(concept, SKOS.broader))
    assert tops == set(graph.objects(URIRef(CODE + name), SKOS.hasTopConcept))


def test_every_concept_is_in_its_scheme(code_list):
    name, graph = code_list
    assert set(graph.subjects(SKOS.inScheme, URIRef(CODE + name))) == set(concepts(graph))


def test_no_concept_has_the_code_of_the_other_side():
    notations = [
        {
            str(code)
            for code in Graph()
            .parse(bundled().ontology / "codes" / f"{name}.ttl")
            .objects(None, SKOS.notation)
        }
        for name in ("kae-expenditure", "kae-revenue")
    ]
    assert notations[0].isdisjoint(notations[1])


@pytest.mark.shared
def test_matches_are_the_published_codes_and_all_of_them(code_list, shared):
    name, graph = code_list
    published = Graph().parse(shared / "data" / "budget" / "codelists" / f"{LISTS[name]}.ttl")
    codes = {str(code) for code in published.objects(None, SKOS.notation)} - {"missing"}
    matches = {
        str(graph.value(concept, SKOS.notation)): str(match)
        for concept, match in graph.subject_objects(SKOS.exactMatch)
    }
    assert matches == {code: f"{OPEN_BUDGETS}{LISTS[name]}/{code}" for code in codes}
