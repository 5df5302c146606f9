"""The shapes of reports and of their privacy: what is good passes, each fault is found by both engines."""

import pytest
from support.faults import at_fault, broken
from support.reports import BASE, load_reports, samples

from kamara.loaders.validation import open_engine
from kamara.resources import DEFAULT_BASE, bundled

REPORT, STEP = f"<{BASE}id/report/1>", f"<{BASE}id/report/1~step~2026-01-12T11:30:00+02:00~4>"
COUNT = f"<{BASE}id/report-count/lighting~municipality~9031~2026-02>"
ADMS, DCTERMS, PROV = "http://www.w3.org/ns/adms#", "http://purl.org/dc/terms/", "http://www.w3.org/ns/prov#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OPEN, CLOSED = (f"<{BASE}code/report-status/{name}>" for name in ("open", "closed"))
FREE, CONFIDENTIAL = (f"<http://purl.org/linked-data/sdmx/2009/code#confStatus-{code}>" for code in "FC")
STATUS = "http://purl.org/linked-data/sdmx/2009/attribute#confStatus"
YES, NO = f'"true"^^<{XSD}boolean>', f'"false"^^<{XSD}boolean>'
# fault: (thing, property, its values instead)
FAULTS = {
    "no number": (REPORT, f"{DCTERMS}identifier", []),
    "no time": (REPORT, f"{DCTERMS}created", []),
    "a day in the place of a time": (REPORT, f"{DCTERMS}created", [f'"2026-01-10"^^<{XSD}date>']),
    "two statuses": (REPORT, f"{ADMS}status", [OPEN, CLOSED]),
    "a status of its own": (REPORT, f"{ADMS}status", [f"<{BASE}code/report-status/lost>"]),
    "negative votes": (REPORT, f"{BASE}def/votes", [f'"-1"^^<{XSD}integer>']),
    "a step at no time": (STEP, f"{PROV}startedAtTime", []),
}
SECRETS = {
    "not moderated": (REPORT, f"{BASE}def/moderated", [NO]),
    "no word on moderation": (REPORT, f"{BASE}def/moderated", []),
    "moderated and not": (REPORT, f"{BASE}def/moderated", [YES, NO]),
    "a name": (REPORT, "http://xmlns.com/foaf/0.1/name", ['"Κάποιος"']),
    "who voted": (REPORT, f"{PROV}wasAttributedTo", [f"<{BASE}id/person/1>"]),
    "an e-mail address": (REPORT, f"{DCTERMS}description", ['"γράψτε στο politis@example.org"@el']),
    "a phone number": (REPORT, f"{DCTERMS}title", ['"τηλ. 6900000001"@el']),
    "an IBAN": (STEP, f"{DCTERMS}description", ['"GR1600000000000000000000017"@el']),
    "an officer's name": (STEP, f"{PROV}wasAssociatedWith", [f"<{BASE}id/person/1>"]),
    "a step of no report": (STEP, f"{PROV}used", []),
}  # fmt: skip
COUNTS = {
    "a number that is confidential": (COUNT, STATUS, [CONFIDENTIAL]),
    "a number that is neither": (COUNT, STATUS, []),
    "no number that is free": (COUNT, f"{BASE}def/reportCount", []),
    "none of anything": (COUNT, f"{BASE}def/reportCount", [f'"0"^^<{XSD}integer>']),
    "no month": (COUNT, "http://purl.org/linked-data/sdmx/2009/dimension#refPeriod", []),
}


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """What the samples make, by dataset."""
    loaded = load_reports(tmp_path_factory.mktemp("shaped-reports") / "data", samples(), threshold=2)
    made = {}
    for quad in loaded.store:
        name = quad.graph_name.value.rpartition("/")[2]
        if "/id/" in quad.subject.value:
            made.setdefault(name, []).append(f"{quad.subject} {quad.predicate} {quad.object} .\n")
    return made


@pytest.fixture(scope="module", params=["shacl", "pyshacl"])
def engine(request):
    """Both engines over the shapes of reports and of privacy."""
    files = [bundled().shapes / f"{name}.ttl" for name in ("reports", "privacy")]
    return open_engine(request.param, files, DEFAULT_BASE, 10000)


@pytest.fixture(scope="module", params=["shacl", "pyshacl"])
def count_engine(request):
    """Both engines over the shape of counts."""
    return open_engine(request.param, [bundled().shapes / "report-counts.ttl"], DEFAULT_BASE, 10000)


def test_the_samples_are_good(engine, count_engine, lines):
    for name in ("improvemycity", "open311-requests", "open311-requests-xml", "ngsi-issues"):
        assert engine.validate(lines[name]) == []
    assert count_engine.validate(lines["report-counts"]) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_found_and_leaves_the_last_good_state(engine, lines, fault):
    found = engine.validate(broken(lines["improvemycity"], FAULTS[fault]))
    assert FAULTS[fault][0] in at_fault(found)
    assert not any(violation.withholds for violation in found)


@pytest.mark.parametrize("secret", SECRETS)
def test_what_may_not_be_public_is_withheld(engine, lines, secret):
    found = engine.validate(broken(lines["improvemycity"], SECRETS[secret]))
    withheld = [violation for violation in found if violation.withholds]
    assert SECRETS[secret][0] in at_fault(withheld)
    assert all(violation.messages["el"] and violation.messages["en"] for violation in withheld)


@pytest.mark.parametrize("fault", COUNTS)
def test_a_fault_in_a_count_is_found(count_engine, lines, fault):
    assert COUNT in at_fault(count_engine.validate(broken(lines["report-counts"], COUNTS[fault])))
