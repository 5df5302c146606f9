"""Who knows only the standard vocabularies finds the things of every domain.

Kamara infers nothing when it is asked. A query walks `a/rdfs:subClassOf*` and `rdfs:subPropertyOf*` instead:
the ontology is in the same store as the data.
"""

from collections import defaultdict

import pytest
from pyoxigraph import NamedNode, Store
from rdflib import RDF, RDFS, Graph
from rdflib.namespace import OWL

from kamara.resources import DEFAULT_BASE, bundled

DEF, ID = f"{DEFAULT_BASE}def/", f"{DEFAULT_BASE}id/"
PREFIXES = """
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX edm: <http://www.europeana.eu/schemas/edm/>
PREFIX eli: <http://data.europa.eu/eli/ontology#>
PREFIX geo: <http://www.opengis.net/ont/geosparql#>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX qb: <http://purl.org/linked-data/cube#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX sosa: <http://www.w3.org/ns/sosa/>
"""

PARTS = frozenset(
    {"aggregation", "agent", "air", "amount", "attachment", "diavgeia", "feature", "geometry", "kae", "party"}
    | {"place", "step", "time", "vat", "version", "web", "ypes"}
)
# A class of a standard -> the types of things, by their addresses, that must all be found by it.
FOUND = {
    "sosa:Sensor": ("sensor", "device-sensor"),
    "sosa:Platform": ("station", "device"),
    "sosa:Observation": ("air-quality-observation", "device-observation", "ngsi-observation"),
    "qb:Observation": ("expenditure-observation", "revenue-observation", "observation-day"),
    "eli:LegalResource": ("decision",),
    "eli:LegalExpression": ("decision-version",),
    "org:Organization": ("organization",),
    "org:OrganizationalUnit": ("organizational-unit",),
    "skos:Concept": ("strategy-target", "strategy-action"),
    "edm:ProvidedCHO": ("public-monument", "world-heritage-component", "heritage-record"),
    "geo:Feature": ("report", "open311-report", "public-monument", "station", "municipality"),
    "prov:Entity": ("report", "expenditure-line", "uplink", "strategy-link"),
    "schema:AdministrativeArea": ("municipality", "municipal-unit"),
    "schema:Place": ("street",),
}
# A property of a standard -> what it must lead to from some thing of the first type.
LED = {
    "dcterms:relation": ("strategy-action", "strategy-target"),
    "dcterms:spatial": ("report", "municipality"),
    "sosa:madeBySensor": ("air-quality-observation", "sensor"),
    "eli:passed_by": ("decision", "organization"),
    "eli:is_realized_by": ("decision", "decision"),
    "dcterms:hasPart": ("world-heritage-site", "world-heritage-component"),
}


@pytest.fixture(scope="module")
def store(sample_budget) -> Store:
    """The samples of all sources, loaded."""
    return sample_budget.store


@pytest.fixture(scope="module")
def things(store):
    """Type -> the things of it that say what they are, without their times, geometries and other parts."""
    found = defaultdict(set)
    for quad in store.quads_for_pattern(None, NamedNode(str(RDF.type)), None):
        kind, _, key = quad.subject.value.removeprefix(ID).partition("/")
        if key and not PARTS & set(key.split("~")):
            found[kind].add(quad.subject.value)
    return found


def asked(store, query):
    assert DEF not in query and "kam:" not in query
    return [
        [term.value for term in row] for row in store.query(PREFIXES + query, use_default_graph_as_union=True)
    ]


@pytest.mark.parametrize(
    ("standard", "kind"), [(name, kind) for name, kinds in FOUND.items() for kind in kinds]
)
def test_things_are_found_by_a_standard_class(store, things, standard, kind):
    rows = asked(store, f"SELECT DISTINCT ?thing {{ ?thing a/rdfs:subClassOf* {standard} }}")
    wanted = things[kind]
    assert wanted, f"no sample has a {kind}"
    assert wanted <= {row[0] for row in rows}


@pytest.mark.parametrize("standard", LED)
def test_things_are_reached_by_a_standard_property(store, standard):
    source, target = LED[standard]
    rows = asked(store, f"SELECT ?a ?b {{ ?a ?p ?b . ?p rdfs:subPropertyOf* {standard} }}")
    assert any(a.startswith(f"{ID}{source}/") and b.startswith(f"{ID}{target}/") for a, b in rows)


@pytest.fixture(scope="module")
def ontology():
    graph = Graph()
    for path in bundled().ontology.rglob("*.ttl"):
        graph.parse(path)
    return graph


def test_every_class_of_ours_is_under_one_that_others_know(ontology):
    ours = {term for term in ontology.subjects(RDF.type, OWL.Class) if str(term).startswith(DEF)}
    assert ours
    above = {term: set(ontology.transitive_objects(term, RDFS.subClassOf)) for term in ours}
    assert [term for term in sorted(ours) if not any(not str(up).startswith(DEF) for up in above[term])] == []


def test_nothing_is_its_own_superclass(ontology):
    for term in set(ontology.subjects(RDFS.subClassOf)):
        for above in ontology.objects(term, RDFS.subClassOf):
            assert term not in set(ontology.transitive_objects(above, RDFS.subClassOf))


def test_no_thing_of_the_samples_is_in_two_classes_that_exclude_each_other(store):
    rows = asked(
        store,
        """SELECT DISTINCT ?thing ?one ?other {
          ?one owl:disjointWith ?other .
          ?thing a/rdfs:subClassOf* ?one .
          ?thing a/rdfs:subClassOf* ?other .
        }""",
    )
    assert rows == []


def test_the_disjoint_classes_of_the_standards_are_told(ontology):
    pairs = ontology.subject_objects(OWL.disjointWith)
    names = {(str(one).rpartition("#")[2], str(other).rpartition("#")[2]) for one, other in pairs}
    assert {("Activity", "Entity"), ("Feature", "Geometry"), ("Concept", "ConceptScheme")} <= names
