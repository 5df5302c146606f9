import json

from rdflib import RDF, Graph
from rdflib.namespace import SKOS

from kamara.loaders.rml.codelists import fold
from kamara.resources import bundled


def read(name):
    return Graph().parse(bundled().ontology / "codes" / f"{name}.ttl")


def test_the_types_are_those_of_diavgeia(shared):
    path = shared / "data" / "decisions" / "diavgeia-api-fixtures" / "types" / "all_types.json"
    types = json.loads(path.read_text(encoding="utf-8"))["decisionTypes"]
    graph = read("decision-type")
    found = {}
    for concept in graph.subjects(RDF.type, SKOS.Concept):
        (name,) = [label for label in graph.objects(concept, SKOS.prefLabel) if label.language == "el"]
        broader = graph.value(concept, SKOS.broader)
        parent = graph.value(broader, SKOS.notation) if broader else None
        found[str(graph.value(concept, SKOS.notation))] = (fold(name), parent and str(parent))
    assert len(types) == len(found) == 43
    assert found == {one["uid"]: (fold(one["label"]), one["parent"]) for one in types}


def test_positions_are_those_of_the_file(shared):
    path = (
        shared / "data" / "decisions" / "diavgeia-api-fixtures" / "organizations" / "an_orgs_positions.json"
    )
    positions = json.loads(path.read_text(encoding="utf-8"))["positions"]
    known = {str(notation) for notation in read("position-name").objects(None, SKOS.notation)}
    assert {one["uid"] for one in positions} <= known


def test_categories_are_those_of_the_files(shared):
    folder = shared / "data" / "decisions" / "diavgeia-api-fixtures" / "organizations"
    organizations = json.loads((folder / "organizations_active.json").read_text(encoding="utf-8"))
    known = {str(notation) for notation in read("organization-category").objects(None, SKOS.notation)}
    found = {one["category"] for one in organizations["organizations"]}
    assert {name for name in found if not name.isdigit()} <= known
