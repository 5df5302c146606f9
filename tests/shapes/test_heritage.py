import pytest
from support.faults import at_fault, broken

from kamara.loaders.validation import open_engine
from kamara.resources import DEFAULT_BASE, bundled

ROTUNDA = f"<{DEFAULT_BASE}id/public-monument/rotunda>"
GEOMETRY = f"<{DEFAULT_BASE}id/public-monument/rotunda~geometry>"
COMPONENT = f"<{DEFAULT_BASE}id/world-heritage-component/456-002>"
SITE = f"<{DEFAULT_BASE}id/world-heritage-site/456>"
RECORD = f"<{DEFAULT_BASE}id/collection-object/B1~aggregation>"
LETTER = f"<{DEFAULT_BASE}id/heritage-record/simulated%2Fletter-2>"
LINK = (
    f"<{DEFAULT_BASE}id/heritage-link/id%2Fpublic-monument%2Frotunda~id%2Fworld-heritage-component%2F456-002>"
)
DC, DCTERMS = "http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/"
EDM, GEO = "http://www.europeana.eu/schemas/edm/", "http://www.opengis.net/ont/geosparql#"
RDF, SKOS = "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "http://www.w3.org/2004/02/skos/core#"
WKT = f"<{GEO}wktLiteral>"

# Each takes away the values of a property of a thing and gives it others; none of these may stand.
FAULTS = {
    "no title and no description": (LETTER, DC + "title", []),
    "an empty title": (LETTER, DC + "title", ['" "']),
    "a kind of media that is none": (LETTER, EDM + "type", ['"PAPER"']),
    "a name in Greek only": (ROTUNDA, SKOS + "prefLabel", ['"Ροτόντα"@el']),
    "two Greek names": (ROTUNDA, SKOS + "prefLabel", ['"Ροτόντα"@el', '"Ροτόνδα"@el', '"Rotunda"@en']),
    "a kind of no list": (ROTUNDA, EDM + "hasType", ["<http://example.org/church>"]),
    "a geometry without a position": (GEOMETRY, GEO + "asWKT", []),
    "a latitude out of range": (GEOMETRY, GEO + "asWKT", [f'"POINT(22.9 95.0)"^^{WKT}']),
    "a position as plain text": (GEOMETRY, GEO + "asWKT", ['"POINT(22.9 40.6)"']),
    "a component number of another form": (COMPONENT, DCTERMS + "identifier", ['"2"']),
    "a component of no site": (COMPONENT, DCTERMS + "isPartOf", []),
    "no area to speak of": (
        COMPONENT,
        GEO + "hasMetricArea",
        ['"0"^^<http://www.w3.org/2001/XMLSchema#double>'],
    ),
    "a part that is no component": (SITE, DCTERMS + "hasPart", ["<http://example.org/part>"]),
    "a record of no institution": (RECORD, EDM + "dataProvider", []),
    "rights in words": (RECORD, EDM + "rights", ['"all rights reserved"']),
    "two images where one is said": (
        RECORD,
        EDM + "isShownBy",
        ["<http://example.org/1>", "<http://example.org/2>"],
    ),
    "a link of a monument to itself": (LINK, RDF + "object", [ROTUNDA]),
    "a link with another relation": (LINK, RDF + "predicate", [f"<{DCTERMS}hasPart>"]),
    "a link that nobody makes": (LINK, DCTERMS + "creator", []),
    "a link for no reason": (LINK, DCTERMS + "description", []),
}


@pytest.fixture(scope="module")
def lines(sample_heritage):
    return [
        f"{quad.subject} {quad.predicate} {quad.object} .\n"
        for quad in sample_heritage.store
        if quad.graph_name.value.rpartition("/")[2] in sample_heritage.places
    ]


@pytest.fixture(scope="module", params=["shacl", "pyshacl"])
def engine(request):
    return open_engine(request.param, [bundled().shapes / "heritage.ttl"], DEFAULT_BASE, 10000)


def test_the_samples_are_good(engine, lines):
    assert engine.validate(lines) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(engine, lines, fault):
    assert FAULTS[fault][0] in at_fault(engine.validate(broken(lines, FAULTS[fault])))


def test_a_monument_far_from_the_city_is_found(engine, lines):
    moved = [
        line.replace("POINT(22.952917 40.63333)", "POINT(40.63333 22.952917)")
        if line.startswith(f"{GEOMETRY} ")
        else line
        for line in lines
    ]
    assert ROTUNDA in at_fault(engine.validate(moved))
