import pytest
from rdflib import RDF, RDFS, Graph, URIRef
from rdflib.namespace import SKOS
from support.strategy import BASE, sample

from kamara.resources import bundled


def read(name):
    return Graph().parse(bundled().ontology / "codes" / f"{name}.ttl")


AXIS, SECTOR = ("strategy", "axis", "axis"), ("thessaloniki-2030", "code", "title")


@pytest.mark.parametrize(("name", "code", "title"), [AXIS, SECTOR])
def test_axes_and_sectors_are_named_as_in_the_table(name, code, title):
    graph = read(name)
    names = {
        str(graph.value(concept, SKOS.notation)): {
            str(label) for label in graph.objects(concept, SKOS.prefLabel)
        }
        for concept in graph.subjects(RDF.type, SKOS.Concept)
    }
    assert names == {row[code]: {row[f"{title}_el"], row[f"{title}_en"]} for row in sample("links2030")}


def test_the_codes_of_ict_cost_are_codes_of_expenditure_and_said_to_be_our_judgement():
    graph = Graph().parse(bundled().ontology / "strategy.ttl")
    ours = URIRef(f"{BASE}def/ictRunningCost")
    kae = read("kae-expenditure")
    members = set(graph.objects(ours, SKOS.member))
    assert members and members <= set(kae.subjects(RDF.type, SKOS.Concept))
    assert any("judgement of ours" in comment for comment in graph.objects(ours, RDFS.comment))


def test_data_that_are_here_are_named_by_a_dataset_that_some_source_loads():
    named = {str(dataset).rpartition("/")[2] for dataset in read("strategy-data").objects(None, RDFS.seeAlso)}
    sources = {folder.name for folder in bundled().mappings.iterdir()}
    assert named <= sources | {"ontology"}
