import pytest
from pyoxigraph import Quad, RdfFormat, Store

from kamara.resources import bundled

RULES = ["heritage-aggregation", "heritage-ensemble"]
OBJECT = "<https://data.thessaloniki.gr/id/collection-object/B1>"
RECORD = "<https://data.thessaloniki.gr/id/collection-object/B1~aggregation>"
SITE = "<https://data.thessaloniki.gr/id/world-heritage-site/456>"
COMPONENT = "<https://data.thessaloniki.gr/id/world-heritage-component/456-007>"
PREFIXES = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix edm: <http://www.europeana.eu/schemas/edm/> .
@prefix ore: <http://www.openarchives.org/ore/terms/> .
"""
# fault: (rule, the line that is taken away, what is said instead, who is at fault)
FAULTS = {
    "a record of no object": (
        "heritage-aggregation",
        f"{RECORD} <http://www.europeana.eu/schemas/edm/aggregatedCHO> {OBJECT}",
        "",
        {RECORD, OBJECT},
    ),
    "a record of two objects": (
        "heritage-aggregation",
        "",
        f"{RECORD} edm:aggregatedCHO <https://data.thessaloniki.gr/id/collection-object/A%201> .",
        {RECORD, "<https://data.thessaloniki.gr/id/collection-object/A%201>"},
    ),
    "a record of an object that is not there": (
        "heritage-aggregation",
        "",
        "<urn:record> a ore:Aggregation ; edm:aggregatedCHO <urn:object> .",
        {"<urn:record>"},
    ),
    "an object with two records": (
        "heritage-aggregation",
        "",
        f"<urn:record> a ore:Aggregation ; edm:aggregatedCHO {OBJECT} .",
        {OBJECT},
    ),
    "a component that the site does not have": (
        "heritage-ensemble",
        f"{SITE} <http://purl.org/dc/terms/hasPart> {COMPONENT}",
        "",
        {SITE, COMPONENT},
    ),
    "a component that is a part of nothing": (
        "heritage-ensemble",
        f"{COMPONENT} <http://purl.org/dc/terms/isPartOf> {SITE}",
        "",
        {COMPONENT},
    ),
}


@pytest.fixture
def graph(sample_heritage):
    """What the datasets that keep these rules hold."""
    store = Store()
    store.bulk_extend(
        Quad(quad.subject, quad.predicate, quad.object)
        for quad in sample_heritage.store
        if quad.graph_name.value.endswith(("/world-heritage", "/institution-table"))
        and not quad.subject.value.endswith("/world-heritage")
    )
    # UNESCO's components have no institution's record: their dataset does not keep the rule about these.
    return store


def violations(store, rule):
    rows = store.query((bundled().rules / f"{rule}.rq").read_text(encoding="utf-8"))
    found = {(f"<{row['focus'].value}>", row["en"].value, row["el"].value) for row in rows}
    return {row for row in found if rule == "heritage-ensemble" or "/world-heritage-component/" not in row[0]}


@pytest.mark.parametrize("rule", RULES)
def test_good_heritage_breaks_no_rule(graph, rule):
    assert violations(graph, rule) == set()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_told_in_both_languages(graph, fault):
    rule, removed, added, guilty = FAULTS[fault]
    lines = [f"{quad.subject} {quad.predicate} {quad.object}" for quad in graph]
    assert removed == "" or removed in lines
    broken = Store()
    kept = "".join(f"{line} .\n" for line in lines if line != removed)
    broken.load(f"{PREFIXES}{kept}{added}".encode(), RdfFormat.TURTLE)
    found = violations(broken, rule)
    assert {focus for focus, _, _ in found} == guilty
    assert all(english.isascii() and not greek.isascii() for _, english, greek in found)
