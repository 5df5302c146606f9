import pytest
from rdflib import RDF, Graph, URIRef
from rdflib.namespace import SKOS

from kamara.resources import bundled

CODE = "https://data.thessaloniki.gr/code/"
AAT = "http://vocab.getty.edu/aat/"


@pytest.fixture(scope="module", params=["heritage-type", "heritage-period"])
def code_list(request):
    return URIRef(CODE + request.param), Graph().parse(bundled().ontology / "codes" / f"{request.param}.ttl")


def test_a_concept_is_on_top_or_has_a_broader_one_that_knows_it(code_list):
    scheme, graph = code_list
    for concept in graph.subjects(RDF.type, SKOS.Concept):
        broader = graph.value(concept, SKOS.broader)
        if broader is None:
            assert (concept, SKOS.topConceptOf, scheme) in graph
            assert (scheme, SKOS.hasTopConcept, concept) in graph
        else:
            assert (broader, SKOS.narrower, concept) in graph


def test_matches_are_only_those_that_a_source_states():
    found = {}
    for name in ("heritage-type", "heritage-period"):
        graph = Graph().parse(bundled().ontology / "codes" / f"{name}.ttl")
        found |= {str(s).removeprefix(CODE): str(o) for s, o in graph.subject_objects(SKOS.exactMatch)}
    assert found == {"heritage-period/neolithic": f"{AAT}300019272"}


def test_the_neolithic_match_is_the_one_of_the_institutions_file(shared):
    path = shared / "data" / "heritage" / "edm" / "europeana_record_edm_external_sorted.xml"
    _, _, span = path.read_text(encoding="utf-8").partition("<edm:TimeSpan")
    assert ">Neolithic<" in span
    assert f"{AAT}300019272" in span
