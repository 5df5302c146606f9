import pytest
from rdflib import OWL, RDF, RDFS, Graph, Namespace, URIRef

from kamara.resources import DEFAULT_BASE, bundled

KAM = Namespace(f"{DEFAULT_BASE}def/")
GEO = Namespace("http://www.opengis.net/ont/geosparql#")


@pytest.fixture(scope="module")
def ontology():
    return Graph().parse(bundled().ontology / "places.ttl")


def test_every_term_is_named_and_explained_in_both_languages(ontology):
    terms = {term for term in ontology.subjects(RDF.type) if term.startswith(KAM)}
    assert len(terms) >= 20
    for term in terms:
        for said in (RDFS.label, RDFS.comment):
            assert sorted(text.language for text in ontology.objects(term, said)) == ["el", "en"], term


def test_who_only_knows_geosparql_finds_every_kind_of_place(ontology):
    kinds = ["Region", "RegionalUnit", "Municipality", "MunicipalUnit", "Community"]
    kinds += ["Street", "Square", "Neighbourhood", "CensusArea"]
    for kind in kinds:
        assert GEO.Feature in ontology.transitive_objects(KAM[kind], RDFS.subClassOf)
    assert GEO.Geometry in ontology.objects(KAM.Boundary, RDFS.subClassOf)
    assert (KAM.geometryOf, OWL.inverseOf, GEO.hasGeometry) in ontology


def test_the_data_say_geosparqls_own_class_too(city):
    own = city.select(
        f"SELECT DISTINCT ?thing {{ ?thing a ?kind . FILTER (STRSTARTS(STR(?kind), '{KAM}')) }}"
    )
    standard = city.select(f"SELECT ?thing {{ ?thing a <{GEO.Feature}> }}")
    standard += city.select(f"SELECT ?thing {{ ?thing a <{GEO.Geometry}> }}")
    kinds = ("municipality", "municipal-unit", "region", "regional-unit", "street", "square", "boundary")
    places = {row["thing"] for row in own if URIRef(row["thing"]).split("/id/")[-1].split("/")[0] in kinds}
    assert places
    assert places <= {row["thing"] for row in standard}
