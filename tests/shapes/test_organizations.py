import pytest
from support.faults import at_fault, broken

from kamara.loaders.validation import open_engine
from kamara.resources import DEFAULT_BASE, bundled

MUNICIPALITY = f"<{DEFAULT_BASE}id/organization/6114>"
VAT = f"<{DEFAULT_BASE}id/organization/6114~vat>"
FAULTS = {
    "no name": (MUNICIPALITY, "http://www.w3.org/2000/01/rdf-schema#label", []),
    "a name in English only": (MUNICIPALITY, "http://www.w3.org/2000/01/rdf-schema#label", ['"City"@en']),
    "two names in Greek": (
        MUNICIPALITY,
        "http://www.w3.org/2000/01/rdf-schema#label",
        ['"Δήμος"@el', '"ΔΗΜΟΣ"@el'],
    ),
    "no identifier": (MUNICIPALITY, "http://www.w3.org/ns/adms#identifier", []),
    "a number that is none": (VAT, "http://www.w3.org/2004/02/skos/core#notation", ['"EL99808"']),
    "no agency": (VAT, "http://www.w3.org/ns/adms#schemaAgency", []),
}


@pytest.fixture(scope="module")
def lines(sample_budget):
    return [
        f"{quad.subject} {quad.predicate} {quad.object} .\n"
        for quad in sample_budget.store
        if "/id/organization/" in quad.subject.value
    ]


@pytest.fixture(scope="module", params=["shacl", "pyshacl"])
def engine(request):
    return open_engine(request.param, [bundled().shapes / "organizations.ttl"], DEFAULT_BASE, 10000)


def test_the_sample_is_good(engine, lines):
    assert engine.validate(lines) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(engine, lines, fault):
    assert FAULTS[fault][0] in at_fault(engine.validate(broken(lines, FAULTS[fault])))
