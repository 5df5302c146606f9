import pytest
from support.faults import broken

from kamara.loaders.validation import open_engine
from kamara.resources import DEFAULT_BASE, bundled

SHAPES = ("core", "budget")
OBSERVATION = f"<{DEFAULT_BASE}id/expenditure-observation/2016~10~6011.01.01~draft~2016-04-01>"
LINE = f"<{DEFAULT_BASE}id/expenditure-line/2016~10~6011.01.01>"
REVENUE = f"<{DEFAULT_BASE}id/revenue-line/2016~0111.01.01>"
DATE = "<http://www.w3.org/2001/XMLSchema#date>"
DECIMAL = "<http://www.w3.org/2001/XMLSchema#decimal>"
SCHEMA = "https://schema.org/"
AMOUNT = "http://data.openbudgets.eu/ontology/dsd/measure/amount"
LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
DEF = DEFAULT_BASE + "def/"

# Each takes away the values of a property of a thing and gives it others; none of these may stand.
FAULTS = {
    "no amount": (OBSERVATION, AMOUNT, []),
    "two amounts": (OBSERVATION, AMOUNT, [f'"1.00"^^{DECIMAL}', f'"2.00"^^{DECIMAL}']),
    "an amount with three fraction digits": (OBSERVATION, AMOUNT, [f'"1.005"^^{DECIMAL}']),
    "an amount that is a text": (OBSERVATION, AMOUNT, ['"1.00"']),
    "no first day": (OBSERVATION, SCHEMA + "validFrom", []),
    "a first day that is no date": (OBSERVATION, SCHEMA + "validFrom", [f'"1/4/2016"^^{DATE}']),
    "a last day on a current one": (OBSERVATION, SCHEMA + "validThrough", [f'"2016-05-01"^^{DATE}']),
    "a last day before the first": (OBSERVATION, SCHEMA + "validThrough", [f'"2016-03-01"^^{DATE}']),
    "a property that the model lacks": (OBSERVATION, "http://xmlns.com/foaf/0.1/name", ['"x"']),
    "another currency": (
        OBSERVATION,
        "http://data.openbudgets.eu/ontology/dsd/attribute/currency",
        ["<http://publications.europa.eu/resource/authority/currency/USD>"],
    ),
    "a phase of no list": (
        OBSERVATION,
        "http://data.openbudgets.eu/ontology/dsd/greek-municipalities/dimension/budgetPhase",
        ["<http://data.openbudgets.eu/resource/codelist/budget-phase/planned>"],
    ),
    "expenditure of no service": (OBSERVATION, DEF + "budgetService", []),
    "revenue of a service": (REVENUE, DEF + "budgetService", [f"<{DEFAULT_BASE}code/budget-service/10>"]),
    "a service from elsewhere": (LINE, DEF + "budgetService", ["<http://example.org/10>"]),
    "no description": (LINE, LABEL, []),
    "an empty description": (LINE, LABEL, ['" "@el']),
    "a description in English only": (LINE, LABEL, ['"Pay"@en']),
    "two descriptions in Greek": (LINE, LABEL, ['"Μισθοί"@el', '"Αμοιβές"@el']),
    "a code number of another form": (LINE, DEF + "ka", ['"6011.1"']),
    "no KAE code": (LINE, DEF + "kae", []),
}


@pytest.fixture(scope="module")
def lines(sample_budget):
    """What the first day of the sample says, as N-Triples lines."""
    return [
        f"{quad.subject} {quad.predicate} {quad.object} .\n"
        for quad in sample_budget.store
        if "/graph/budget-" in quad.graph_name.value and "/id/" in quad.subject.value
    ]


@pytest.fixture(scope="module", params=["shacl", "pyshacl"])
def engine(request):
    files = [bundled().shapes / f"{name}.ttl" for name in SHAPES]
    return open_engine(request.param, files, DEFAULT_BASE, 10000)


def about(lines, *things):
    """The lines of some things, and of the budget lines that they observe."""
    return [line for line in lines if line.startswith(things)]


def test_the_sample_is_good(engine, lines):
    assert engine.validate(lines) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_where_it_is_and_told_in_both_languages(engine, lines, fault):
    good = about(lines, OBSERVATION, LINE, REVENUE)
    assert engine.validate(good) == []
    found = engine.validate(broken(good, FAULTS[fault]))
    assert FAULTS[fault][0] in {f"<{violation.focus}>" for violation in found}
    for violation in found:
        assert violation.messages["el"]
        assert violation.messages["en"]
