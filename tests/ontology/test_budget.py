import pytest
from pyoxigraph import NamedNode, Quad, Store
from rdflib import RDF, RDFS, BNode, Graph
from rdflib.namespace import OWL, QB, SKOS

from kamara.resources import DEFAULT_BASE, bundled

OURS = DEFAULT_BASE + "def/"
# Its terms are described where they are from.
SDMX = "http://purl.org/linked-data/sdmx/2009/dimension#"
GRAPH = NamedNode("http://data.openbudgets.eu/resource/dataset/validated-dataset")
MODEL = NamedNode("http://data.openbudgets.eu/ontology")
CUBE = NamedNode("http://purl.org/linked-data/cube")


@pytest.fixture(scope="module")
def model():
    graph = Graph()
    for path in bundled().ontology.glob("*.ttl"):
        graph.parse(path)
    return graph


def test_every_term_of_ours_is_named_and_explained_in_both_languages(model):
    terms = {term for term in model.subjects() if str(term).startswith(OURS)}
    assert terms
    for term in terms:
        for predicate in (RDFS.label, RDFS.comment):
            texts = list(model.objects(term, predicate))
            assert sorted(text.language for text in texts) == ["el", "en"], term
        ontology = (term, RDF.type, OWL.Ontology) in model
        assert ontology or (term, RDFS.isDefinedBy, None) in model, term


def test_nothing_in_the_ontology_is_without_an_address():
    for path in bundled().ontology.rglob("*.ttl"):
        assert not any(isinstance(node, BNode) for node in Graph().parse(path).all_nodes()), path


def test_every_dimension_has_a_range_and_every_coded_one_a_list():
    graph = Graph()
    for path in bundled().ontology.rglob("*.ttl"):
        graph.parse(path)
    for dimension in set(graph.objects(None, QB.dimension)):
        if str(dimension).startswith(SDMX):
            continue
        assert graph.value(dimension, RDFS.range), dimension
        if str(dimension).startswith(OURS) and (dimension, RDF.type, QB.CodedProperty) in graph:
            assert graph.value(dimension, QB.codeList), dimension


def test_outside_terms_are_typed_and_named_in_both_languages():
    for path in (bundled().ontology / "external").glob("*.ttl"):
        graph = Graph().parse(path)
        for term in set(graph.subjects()):
            assert (term, RDF.type, None) in graph, term
            names = [*graph.objects(term, RDFS.label), *graph.objects(term, SKOS.prefLabel)]
            assert {text.language for text in names} == {"el", "en"}, term


@pytest.fixture(scope="module")
def validated(shared, sample_budget):
    """The graphs that the OpenBudgets.eu constraints ask: their model, the cube vocabulary, our data."""
    store = Store()
    for name in ("components", "code_lists", "concepts", "ontology"):
        store.load(path=shared / "data" / "budget" / "obeu-model" / f"{name}.ttl", to_graph=MODEL)
    for term in (name for name in QB.__annotations__ if not name.startswith("_")):
        store.add(Quad(NamedNode(str(QB[term])), NamedNode(str(RDFS.isDefinedBy)), CUBE, CUBE))
    ours = [bundled().ontology / name for name in ("kamara.ttl", "budget.ttl", "external/openbudgets.ttl")]
    for path in ours:
        store.load(path=path, to_graph=GRAPH)
    store.extend(
        Quad(quad.subject, quad.predicate, quad.object, GRAPH)
        for quad in sample_budget.store
        if "/graph/budget-" in quad.graph_name.value
    )
    return store


CONSTRAINTS = [
    "code_list_redefinition",
    "hijacked_core_namespace",
    "missing_mandatory_component_properties",
    "property_instantiation",
    "use_of_abstract_property",
    "use_of_deprecated_term",
    "wrong_qb_character_case",
]


def broken(store, shared, constraint):
    folder = shared / "data" / "budget" / "obeu-model" / "integrity-constraints"
    return [str(triple) for triple in store.query((folder / f"{constraint}.rq").read_text(encoding="utf-8"))]


@pytest.mark.shared
@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_the_constraints_of_open_budgets_find_nothing(validated, shared, constraint):
    assert broken(validated, shared, constraint) == []


@pytest.mark.shared
def test_those_constraints_would_find_a_missing_component(shared):
    store = Store()
    structure = NamedNode(OURS + "structure")
    store.add(Quad(structure, NamedNode(str(RDF.type)), NamedNode(str(QB.DataStructureDefinition)), GRAPH))
    assert broken(store, shared, "missing_mandatory_component_properties")
