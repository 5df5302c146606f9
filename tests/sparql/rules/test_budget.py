import pytest
from pyoxigraph import Quad, RdfFormat, Store, parse

from kamara.resources import bundled

RULES = sorted(bundled().rules.glob("budget-*.rq"))
PREFIXES = """
@prefix gr-dimension: <http://data.openbudgets.eu/ontology/dsd/greek-municipalities/dimension/> .
@prefix kam: <https://data.thessaloniki.gr/def/> .
@prefix obeu-dimension: <http://data.openbudgets.eu/ontology/dsd/dimension/> .
@prefix obeu-measure: <http://data.openbudgets.eu/ontology/dsd/measure/> .
@prefix obeu-operation: <http://data.openbudgets.eu/resource/codelist/operation-character/> .
@prefix qb: <http://purl.org/linked-data/cube#> .
@prefix schema: <https://schema.org/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix line: <https://data.thessaloniki.gr/id/expenditure-line/> .
@prefix observation: <https://data.thessaloniki.gr/id/expenditure-observation/> .
@prefix code: <https://data.thessaloniki.gr/code/> .
"""
OBSERVATION = "<https://data.thessaloniki.gr/id/expenditure-observation/2016~10~6011.01.01~draft~2016-04-01>"
LINE = "<https://data.thessaloniki.gr/id/expenditure-line/2016~10~6011.01.01>"
CODE = "<https://data.thessaloniki.gr/code/"

SEEN = ("budget-expenditure", "budget-revenue", "ontology")

# fault: (rule, what is removed: predicate of which thing, what is added, who is at fault)
FAULTS = {
    "no data set": ("budget-cube", (OBSERVATION, "qb:dataSet"), "", OBSERVATION),
    "two data sets": (
        "budget-cube",
        None,
        f"{OBSERVATION} qb:dataSet <https://data.thessaloniki.gr/dataset/budget-revenue> .",
        OBSERVATION,
    ),
    "no phase": ("budget-cube", (OBSERVATION, "gr-dimension:budgetPhase"), "", OBSERVATION),
    "no amount": ("budget-cube", (OBSERVATION, "obeu-measure:amount"), "", OBSERVATION),
    "a code that no list has": (
        "budget-codes",
        (OBSERVATION, "kam:kae"),
        f"{OBSERVATION} kam:kae {CODE}kae-expenditure/6199> .",
        OBSERVATION,
    ),
    "a code of the other side": (
        "budget-codes",
        (LINE, "kam:kae"),
        f"{LINE} kam:kae {CODE}kae-revenue/0111> .",
        LINE,
    ),
    "not as its line": (
        "budget-codes",
        (OBSERVATION, "kam:budgetService"),
        f"{OBSERVATION} kam:budgetService {CODE}budget-service/20> .",
        OBSERVATION,
    ),
    "current and ended": (
        "budget-current",
        None,
        f'{OBSERVATION} schema:validThrough "2016-04-02"^^xsd:date .',
        OBSERVATION,
    ),
    "neither current nor ended": (
        "budget-current",
        (OBSERVATION, "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"),
        f"{OBSERVATION} a qb:Observation .",
        OBSERVATION,
    ),
    "ended before it began": (
        "budget-current",
        None,
        f'{OBSERVATION} schema:validThrough "2016-03-01"^^xsd:date .',
        OBSERVATION,
    ),
}


@pytest.fixture
def graph(sample_budget):
    return as_judged(sample_budget)


def as_judged(budget):
    """What the rules see when the budget is loaded: its own datasets and the ontology."""
    graphs = {f"https://data.thessaloniki.gr/graph/{name}" for name in SEEN}
    store = Store()
    store.bulk_extend(
        Quad(quad.subject, quad.predicate, quad.object)
        for quad in budget.store
        if quad.graph_name.value in graphs
    )
    return store


def violations(store, rule):
    rows = store.query(next(path for path in RULES if path.stem == rule).read_text(encoding="utf-8"))
    return [(f"<{row['focus'].value}>", row["en"].value, row["el"].value) for row in rows]


def expand(term):
    (quad,) = parse(f"{PREFIXES} <urn:s> {term} <urn:o> .", format=RdfFormat.TURTLE)
    return quad.predicate


def break_graph(store, removed, added):
    if removed:
        thing, predicate = removed
        found = [quad for quad in store if str(quad.subject) == thing and quad.predicate == expand(predicate)]
        assert found
        for quad in found:
            store.remove(quad)
    store.load(f"{PREFIXES} {added}".encode(), RdfFormat.TURTLE)


@pytest.mark.parametrize("rule", [path.stem for path in RULES])
def test_a_good_budget_breaks_no_rule(budget, rule):
    assert violations(as_judged(budget), rule) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_told_in_both_languages(graph, fault):
    rule, removed, added, guilty = FAULTS[fault]
    break_graph(graph, removed, added)
    found = violations(graph, rule)
    assert guilty in {focus for focus, _, _ in found}
    assert all(english.isascii() and not greek.isascii() for _, english, greek in found)


def test_two_observations_with_the_same_dimensions_are_found(graph):
    twin = OBSERVATION.replace("~draft~", "~draft-again~")
    copies = [quad for quad in graph if str(quad.subject) == OBSERVATION]
    graph.load(
        "".join(f"{twin} {quad.predicate} {quad.object} .\n" for quad in copies).encode(), RdfFormat.N_TRIPLES
    )
    for rule in ("budget-cube", "budget-current"):
        ((focus, _, _),) = violations(graph, rule)
        assert focus in (OBSERVATION, twin)


def test_a_data_set_with_two_structures_is_found(graph):
    data_set = "<https://data.thessaloniki.gr/dataset/budget-revenue>"
    break_graph(graph, None, f"{data_set} qb:structure kam:expenditureStructure .")
    assert data_set in {focus for focus, _, _ in violations(graph, "budget-cube")}
