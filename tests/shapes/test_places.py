import pytest
from support.faults import at_fault, broken

from kamara.loaders.validation import open_engine
from kamara.resources import DEFAULT_BASE, bundled

ID = f"{DEFAULT_BASE}id/"
KAM, GEO = f"{DEFAULT_BASE}def/", "http://www.opengis.net/ont/geosparql#"
RDF, RDFS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2000/01/rdf-schema#"
SKOS, DCTERMS = "http://www.w3.org/2004/02/skos/core#", "http://purl.org/dc/terms/"
WKT, INTEGER = f"<{GEO}wktLiteral>", "<http://www.w3.org/2001/XMLSchema#integer>"

BOUNDARY, MUNICIPALITY = f"<{ID}boundary/9031>", f"<{ID}municipality/9031>"
UNIT, REGION = f"<{ID}municipal-unit/903198>", f"<{ID}region/99>"
SQUARE, AREA = f"<{ID}square/navarinou>", f"<{ID}census-area/2011~9931>"

# Each takes away the values of a property of a thing and gives it others, which the focus then must not have.
FAULTS = {
    "a boundary of nothing": (BOUNDARY, KAM + "geometryOf", [], BOUNDARY),
    "a boundary of a code that is none": (BOUNDARY, KAM + "geometryOf", [f"<{ID}municipality/31>"], BOUNDARY),
    "a boundary that is a point": (BOUNDARY, GEO + "asWKT", [f'"POINT(22.9 40.6)"^^{WKT}'], BOUNDARY),
    "a boundary as plain text": (BOUNDARY, GEO + "asWKT", ['"POLYGON ((0 0, 1 0, 1 1, 0 0))"'], BOUNDARY),
    "a boundary without a name": (BOUNDARY, RDFS + "label", [], BOUNDARY),
    "a municipality of no unit": (MUNICIPALITY, GEO + "sfWithin", [], MUNICIPALITY),
    "a municipality in a region": (MUNICIPALITY, GEO + "sfWithin", [REGION], MUNICIPALITY),
    "a code of three digits": (f"{MUNICIPALITY[:-1]}~ypes>", SKOS + "notation", ['"903"'], MUNICIPALITY),
    "a unit without a code": (f"{UNIT[:-1]}~ypes>", SKOS + "notation", [], UNIT),
    "a region without a name": (REGION, RDFS + "label", [], REGION),
    "a square that is a park": (SQUARE, RDF + "type", [f"<{KAM}NamedPlace>", f"<{KAM}Park>"], SQUARE),
    "a square in Greek only": (SQUARE, RDFS + "label", ['"Πλατεία"@el'], SQUARE),
    "a square from nowhere": (SQUARE, DCTERMS + "source", [], SQUARE),
    "a census level that is none": (AREA, KAM + "censusLevel", [f'"9"^^{INTEGER}'], AREA),
    "a population in words": (f"{AREA[:-1]}~population>", KAM + "population", ['"πολλοί"'], AREA),
    "a population below zero": (f"{AREA[:-1]}~population>", KAM + "population", [f'"-1"^^{INTEGER}'], AREA),
    "an area that nobody counted": (f"{AREA[:-1]}~population>", KAM + "population", [], AREA),
}


@pytest.fixture(scope="module")
def lines(sample_city):
    places = ("kallikratis", "municipal-boundaries", "census-population", "place-names")
    return [
        f"{quad.subject} {quad.predicate} {quad.object} .\n"
        for quad in sample_city.store
        if quad.graph_name.value.rpartition("/")[2] in places
    ]


@pytest.fixture(scope="module", params=["shacl", "pyshacl"])
def engine(request):
    return open_engine(request.param, [bundled().shapes / "places.ttl"], DEFAULT_BASE, 10000)


def test_the_samples_are_good(engine, lines):
    assert engine.validate(lines) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(engine, lines, fault):
    thing, predicate, values, focus = FAULTS[fault]
    assert any(line.startswith(f"{thing} <{predicate}> ") for line in lines)
    assert focus in at_fault(engine.validate(broken(lines, (thing, predicate, values))))
