import pytest
from support.faults import at_fault, broken

from kamara.loaders.validation import open_engine
from kamara.resources import DEFAULT_BASE, bundled

DECISION = f"<{DEFAULT_BASE}id/decision/ΠΡΟΣΟΜ6114-Α02>"
VERSION = f"<{DEFAULT_BASE}id/decision/ΠΡΟΣΟΜ6114-Α07~version~00000000-0000-4000-8000-000000000007>"
AMOUNT = f"<{DEFAULT_BASE}id/decision/ΠΡΟΣΟΜ6114-Α02~kae~0>"
PARTY = f"<{DEFAULT_BASE}id/decision/ΠΡΟΣΟΜ6114-Α03~party~person.0>"
VOTE = f"<{DEFAULT_BASE}id/agenda-item/ΔΣ-2016-05~1~vote>"
DEF = f"{DEFAULT_BASE}def/"
ELI = "http://data.europa.eu/eli/ontology#"
DL = "http://data.europa.eu/eli/eli-draft-legislation-ontology#"
DCTERMS, RDFS = "http://purl.org/dc/terms/", "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SCHEMA = "https://schema.org/"

# Each takes away the values of a property of a thing and gives it others; none of these may stand.
FAULTS = {
    "no title": (DECISION, DCTERMS + "title", []),
    "a person's tax number in the title": (DECISION, DCTERMS + "title", ['"ΑΦΜ 045678901"@el']),
    "a person's tax number in a version": (VERSION, DCTERMS + "title", ['"Σε 123456789."@el']),
    "an ADA in Latin letters": (DECISION, ELI + "id_local", ['"ABC6114-A02"']),
    "no word on personal data": (DECISION, DEF + "hasPersonalData", []),
    "two statuses": (
        DECISION,
        "http://www.w3.org/ns/adms#status",
        [f"<{DEFAULT_BASE}code/decision-status/{name}>" for name in ("published", "revoked")],
    ),
    "a type of no list": (DECISION, ELI + "type_document", ["<http://example.org/type>"]),
    "no date": (DECISION, ELI + "date_document", []),
    "a signer in place of a role": (DECISION, DEF + "signedAs", [f"<{DEFAULT_BASE}id/person/1>"]),
    "a CPV that is none": (DECISION, DEF + "cpv", ['"123"']),
    "an amount as text": (AMOUNT, "http://data.openbudgets.eu/ontology/dsd/measure/amount", ['"40000"']),
    "an amount of no kind": (AMOUNT, DEF + "amountKind", []),
    "a state code as a municipal one": (AMOUNT, DEF + "ka", ['"2410202001"']),
    "a natural person's tax number": (PARTY, SCHEMA + "taxID", ['"045678901"']),
    "a natural person's name": (PARTY, RDFS + "label", ['"ΕΠΩΝΥΜΟ,,ΟΝΟΜΑ,ΠΑΤΡΩΝΥΜΟ"@el']),
    "votes below none": (VOTE, DL + "number_of_votes_favor", [f'"-1"^^<{XSD}integer>']),
    "a voter": (VOTE, DL + "had_voter_favor", [f"<{DEFAULT_BASE}id/person/1>"]),
}


@pytest.fixture(scope="module")
def lines(sample_decisions):
    graphs = {"decisions", "council"}
    return [
        f"{quad.subject} {quad.predicate} {quad.object} .\n"
        for quad in sample_decisions.loaded.store
        if quad.graph_name.value.rpartition("/")[2] in graphs
    ]


@pytest.fixture(scope="module", params=["shacl", "pyshacl"])
def engine(request):
    shapes = bundled().shapes
    paths = [shapes / f"{name}.ttl" for name in ("persons", "decisions", "council")]
    return open_engine(request.param, paths, DEFAULT_BASE, 10000)


def test_the_samples_are_good(engine, lines):
    assert engine.validate(lines) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(engine, lines, fault):
    assert FAULTS[fault][0] in at_fault(engine.validate(broken(lines, FAULTS[fault])))
