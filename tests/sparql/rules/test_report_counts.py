"""The table of counts follows the reports: changed step by step it is what it would be made from nothing."""

import pytest
from support.reports import BASE, change_issue, load_reports, sample_copy

GRAPH = f"{BASE}graph/report-counts"
# What happens to the issues, one load after the other.
STEPS = {
    "another month": {"created": "2026-03-02 09:00:00"},
    "the month that it is in Athens": {"created": "2026-01-31 22:30:00"},
    "another category": {"catid_title": "Πράσινο"},
    "a category that nobody knows": {"catid_title": "Κάτι"},
    "no category": {"catid_title": None},
    "no place": {"latitude": "", "longitude": ""},
    "withdrawn": {"moderation": True},
    "public again": {"moderation": False, "latitude": "40.63", "longitude": "22.94"},
}


def table(loaded):
    return {str(quad) for quad in loaded.store if quad.graph_name.value == GRAPH}


@pytest.mark.slow
def test_a_table_changed_step_by_step_is_the_one_made_from_nothing(tmp_path):
    place = sample_copy("improvemycity", tmp_path)
    load_reports(tmp_path / "data", {"improvemycity": place}, threshold=2)
    seen = set()
    for name, fields in STEPS.items():
        change_issue(place, 5, **fields)
        changed = table(load_reports(tmp_path / "data", {"improvemycity": place}, threshold=2))
        assert changed == table(load_reports(tmp_path / name, {"improvemycity": place}, threshold=2)), name
        seen.add(frozenset(changed))
    assert len(seen) >= 5


def test_another_threshold_makes_the_table_again(tmp_path):
    place = sample_copy("improvemycity", tmp_path)
    told = {}
    for least in (1, 2, 5):
        loaded = load_reports(tmp_path / "data", {"improvemycity": place}, threshold=least)
        rows = loaded.select(f"SELECT ?count {{ GRAPH <{GRAPH}> {{ ?o <{BASE}def/reportCount> ?count }} }}")
        told[least] = sorted(row["count"] for row in rows)
        assert all(count >= least for count in told[least])
    assert told[1] != told[2]


def test_a_count_that_falls_under_the_threshold_loses_its_number(tmp_path):
    place = sample_copy("improvemycity", tmp_path)
    change_issue(place, 5, catid_title="Πράσινο")
    both = load_reports(tmp_path / "data", {"improvemycity": place}, threshold=2)
    count = "id/report-count/green~municipality~9031~2026-02"
    assert both.values(count, f"{BASE}def/reportCount") == {2.0}
    change_issue(place, 5, moderation=True)
    one = load_reports(tmp_path / "data", {"improvemycity": place}, threshold=2)
    assert one.values(count, f"{BASE}def/reportCount") == set()
    assert one.values(count, "http://purl.org/linked-data/sdmx/2009/attribute#confStatus") == {
        "http://purl.org/linked-data/sdmx/2009/code#confStatus-C"
    }
