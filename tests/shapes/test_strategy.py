import pytest
from support.faults import at_fault, broken
from support.strategy import BASE, load_strategy

from kamara.loaders.validation import open_engine
from kamara.resources import DEFAULT_BASE, bundled

TARGET, ACTION = f"<{BASE}id/strategy-target/3.1>", f"<{BASE}id/strategy-action/1.P1>"
LINK, YEAR = f"<{BASE}id/strategy-link/1~1β>", f"<{BASE}id/strategy-base/1.3>"
KAM, CODE, SKOS = f"{BASE}def/", f"{BASE}code/", "http://www.w3.org/2004/02/skos/core#"
XSD = "http://www.w3.org/2001/XMLSchema#"

# Each takes away the values of a property of a thing and gives it others; none of these may stand.
FAULTS = {
    "a name in Greek only": (TARGET, SKOS + "prefLabel", ['"Σύνολα"@el']),
    "a code of another form": (TARGET, SKOS + "notation", ['"31"']),
    "two forms": (TARGET, KAM + "targetForm", [f"<{CODE}target-form/{form}>" for form in ("level", "count")]),
    "a negative number": (TARGET, KAM + "targetValue", [f'"-1"^^<{XSD}decimal>']),
    "no number": (TARGET, KAM + "targetValue", []),
    "no unit": (TARGET, "http://qudt.org/schema/qudt/hasUnit", []),
    "an axis that is none": (TARGET, SKOS + "broader", [f"<{CODE}target-form/level>"]),
    "no data that would measure it": (TARGET, KAM + "needsData", []),
    "a query of something else": (TARGET, KAM + "measuredBy", [f"<{BASE}query/budget-as-of>"]),
    "an action of no axis": (ACTION, SKOS + "broader", []),
    "an action that is a target": (
        ACTION,
        "http://purl.org/dc/terms/type",
        [f"<{CODE}strategy-kind/target>"],
    ),
    "a fact to compare with, served": (ACTION, KAM + "serves", [f"<{BASE}id/strategy-target/R.1>"]),
    "no part of the platform": (ACTION, KAM + "platformRole", []),
    "two sectors in one link": (
        LINK,
        KAM + "citySector",
        [f"<{CODE}thessaloniki-2030/{code}>" for code in ("1β", "1δ")],
    ),
    "a base year for a level": (YEAR, KAM + "target", [f"<{BASE}id/strategy-target/2.1>"]),
    "a base year as a number": (YEAR, KAM + "baseYear", [f'"2015"^^<{XSD}integer>']),
}


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    store = load_strategy(tmp_path_factory.mktemp("strategy"), bases={"1.3": 2015}).store
    return [
        f"{quad.subject} {quad.predicate} {quad.object} .\n"
        for quad in store
        if quad.graph_name.value.rpartition("/")[2].startswith("strategy-")
    ]


@pytest.fixture(scope="module", params=["shacl", "pyshacl"])
def engine(request):
    return open_engine(request.param, [bundled().shapes / "strategy.ttl"], DEFAULT_BASE, 10000)


def test_our_tables_are_good(engine, lines):
    assert engine.validate(lines) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found(engine, lines, fault):
    thing = FAULTS[fault][0]
    assert any(line.startswith(f"{thing} ") for line in lines)
    assert thing in at_fault(engine.validate(broken(lines, FAULTS[fault])))
