"""A decision of the municipality lies in it, and on the street or square that its public subject names."""

from __future__ import annotations

import json
from collections import defaultdict

import pytest
from pyoxigraph import Store

from kamara.config import Settings
from kamara.loaders.pipeline import load
from kamara.loaders.source import choose, read_sources
from kamara.resources import bundled

BASE = "https://data.thessaloniki.gr/"
SPATIAL = (
    f"SELECT ?decision ?place {{ GRAPH <{BASE}graph/decisions> {{ ?decision dcterms:spatial ?place }} }}"
)
STREET = "id/street/egnatia"
SUBJECTS = {
    "ours": ("6114", False, "Συντήρηση της οδού Εγνατίας"),
    "in capitals": ("6114", False, "ΣΥΝΤΗΡΗΣΗ ΤΗΣ ΟΔΟΥ ΕΓΝΑΤΙΑΣ"),
    "of another body": ("6196", False, "Συντήρηση της οδού Εγνατίας"),
    "private": ("6114", True, "Επίδομα σε κάτοικο της οδού Εγνατίας"),
    "nowhere": ("6114", False, "Προμήθεια γραφικής ύλης"),
}


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    """The places of each decision, by the case of SUBJECTS."""
    sample = bundled().mappings / "decisions" / "sample" / "search.json"
    page = json.loads(sample.read_text("utf-8"))
    one = page["decisions"][0]
    made = {
        case: {
            **one,
            "ada": f"ΠΡΟΣΟΜ-9{number}Χ",
            "organizationId": body,
            "privateData": private,
            "subject": text,
        }
        for number, (case, (body, private, text)) in enumerate(SUBJECTS.items())
    }
    folder = tmp_path_factory.mktemp("decisions")
    page = {**page, "decisions": list(made.values())}
    (folder / "search.json").write_text(json.dumps(page, ensure_ascii=False), encoding="utf-8")
    settings = Settings(
        data_dir=folder / "data",
        sources={"decisions": {"path": folder / "search.json"}},  # type: ignore[dict-item]
    )
    report = load(settings, choose(read_sources(settings.resources), ["place-names", "decisions"]))
    assert report.version is not None
    assert not report.failures
    found = defaultdict(set)
    for row in Store.read_only(str(report.version.store)).query(
        SPATIAL, prefixes={"dcterms": "http://purl.org/dc/terms/"}
    ):
        found[row["decision"].value.rpartition("/")[2]].add(row["place"].value.removeprefix(BASE))
    return {case: found[decision["ada"]] for case, decision in made.items()}


def test_the_municipality_and_the_street_that_the_subject_names(places):
    assert places["ours"] == places["in capitals"] == {"id/municipality/9031", STREET}
    assert places["nowhere"] == {"id/municipality/9031"}


def test_a_street_of_the_same_name_elsewhere_is_not_ours(places):
    assert places["of another body"] == set()


def test_a_subject_that_is_not_published_does_not_tell_the_street(places):
    assert places["private"] == {"id/municipality/9031"}
