"""A small simulated city, loaded: what is in the graph is what the simulator says that it wrote."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, QuerySolutions, Store

from kamara.config import load_settings
from kamara.loaders.pipeline import LoadReport, load
from kamara.loaders.source import read_sources
from kamara.resources import bundled
from kamara.simulator.city import simulate

PREFIXES = """
PREFIX adms: <http://www.w3.org/ns/adms#>
PREFIX eli-dl: <http://data.europa.eu/eli/eli-draft-legislation-ontology#>
PREFIX gr: <http://data.openbudgets.eu/ontology/dsd/greek-municipalities/dimension/>
PREFIX kam: <https://data.thessaloniki.gr/def/>
PREFIX graph: <https://data.thessaloniki.gr/graph/>
PREFIX measure: <http://data.openbudgets.eu/ontology/dsd/measure/>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX status: <https://data.thessaloniki.gr/code/decision-status/>
PREFIX sosa: <http://www.w3.org/ns/sosa/>
"""
KEYS = {
    "Bat": "battery-voltage",
    "TempC_DS18B20": "probe-temperature",
    "conduct_SOIL": "soil-conductivity",
    "temp_SOIL": "soil-temperature",
    "water_SOIL": "soil-moisture",
}


@dataclass(frozen=True)
class LoadedCity:
    expected: dict[str, Any]
    report: LoadReport
    store: Store

    def select(self, query: str) -> list[list[str]]:
        """The rows of a query over the union of graphs; IRIs by their last part."""
        rows = self.store.query(PREFIXES + query, use_default_graph_as_union=True)
        assert isinstance(rows, QuerySolutions)
        return [[value(row[name]) for name in rows.variables] for row in rows]

    def sums(self, query: str) -> dict[str, Decimal]:
        """Name -> sum of the rows of a query."""
        return {name: Decimal(total) for name, total in self.select(query)}

    def told_sums(self, source: str) -> dict[str, Decimal]:
        return {name: Decimal(total) for name, total in self.expected[source]["sums"].items()}


def value(term: object) -> str:
    return term.value if isinstance(term, Literal) else str(term).strip("<>").rsplit("/", 1)[-1]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> LoadedCity:
    folder: Path = tmp_path_factory.mktemp("loaded") / "city"
    simulate(folder, 0.02, 1, bundled(), 60)
    settings = load_settings(folder / "kamara.toml")
    report = load(settings, list(read_sources(settings.resources).values()))
    assert report.version is not None
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    return LoadedCity(expected, report, Store.read_only(str(report.version.store)))


pytestmark = pytest.mark.slow


def test_nothing_fails(loaded):
    assert {name: str(failure) for name, failure in loaded.report.failures.items()} == {}


def test_each_record_is_published_or_quarantined_as_expected(loaded):
    found: dict[str, dict[str, int]] = {}
    for outcome in loaded.report.outcomes:
        counts, told = outcome.counts, found.setdefault(outcome.dataset, {"records": 0, "published": 0})
        told["records"] += counts.records
        told["published"] += counts.published
    told = {
        source: {"records": one["records"], "published": one["published"]}
        for source, one in loaded.expected.items()
    }
    assert {source: found[source] for source in told} == told


def test_every_dataset_of_the_city_says_that_it_is_simulated(loaded):
    rows = loaded.select("SELECT ?dataset { ?dataset kam:simulated true }")
    assert set(loaded.expected) <= {name for (name,) in rows}


@pytest.mark.parametrize("side", ["expenditure", "revenue"])
def test_money_of_the_last_day_is_the_files(side, loaded):
    found = loaded.sums(
        f"SELECT ?phase (SUM(?amount) AS ?sum) {{ GRAPH graph:budget-{side} {{"
        " ?o a kam:CurrentObservation ; gr:budgetPhase ?phase ; measure:amount ?amount } } GROUP BY ?phase"
    )
    assert found == loaded.told_sums(f"budget-{side}")


def test_both_sides_of_the_budget_have_one_draft_total(loaded):
    drafts = {loaded.told_sums(f"budget-{side}")["draft"] for side in ("expenditure", "revenue")}
    assert len(drafts) == 1


def test_readings_of_air_are_the_files(loaded):
    found = loaded.sums(
        "SELECT ?property (SUM(?value) AS ?sum) { GRAPH graph:air-quality {"
        " ?o sosa:observedProperty ?property ; sosa:hasSimpleResult ?value } } GROUP BY ?property"
    )
    assert found == {name.lower(): total for name, total in loaded.told_sums("air-quality").items()}


def test_readings_of_devices_are_the_files(loaded):
    found = loaded.sums(
        "SELECT ?property (SUM(?value) AS ?sum) { GRAPH graph:things-stack-uplinks {"
        " ?o sosa:observedProperty ?property ; sosa:hasSimpleResult ?value } } GROUP BY ?property"
    )
    assert found == {KEYS[name]: total for name, total in loaded.told_sums("things-stack-uplinks").items()}


def test_devices_that_nobody_registered_send_too(loaded):
    rows = loaded.select(
        "SELECT DISTINCT ?device { ?u a kam:Uplink ; kam:platform ?device"
        " FILTER NOT EXISTS { ?device a sosa:Platform } }"
    )
    assert len(rows) == loaded.expected["things-stack-uplinks"]["cases"]["unregistered"] > 0


def test_amounts_of_decisions_are_the_files(loaded):
    found = loaded.sums(
        "SELECT ?kind (SUM(?value) AS ?sum) {"
        " ?a a kam:DecisionAmount ; kam:amountKind ?kind ; measure:amount ?value } GROUP BY ?kind"
    )
    assert found == loaded.told_sums("decisions")


def test_amounts_by_kae_meet_the_lines_of_the_simulated_budget(loaded):
    (joined,) = loaded.select(
        "SELECT (COUNT(?a) AS ?n) { ?a a kam:DecisionAmount ; kam:budgetLine ?line . ?line a kam:BudgetLine }"
    )
    assert joined == [str(loaded.expected["decisions"]["cases"]["kae"])]


def test_revoked_decisions_say_so(loaded):
    rows = loaded.select("SELECT ?d { ?d a kam:Decision ; adms:status status:revoked }")
    assert len(rows) == loaded.expected["decisions"]["cases"]["revoked"]


def test_votes_of_the_council_are_the_files(loaded):
    ((total,),) = loaded.select(
        "SELECT (SUM(?votes) AS ?n) { GRAPH graph:council { ?vote eli-dl:number_of_votes_favor ?votes } }"
    )
    assert total == str(loaded.expected["council"]["cases"]["votes for"])


def test_reports_that_are_not_moderated_are_nowhere_and_the_others_all(loaded):
    cases = loaded.expected["improvemycity"]["cases"]
    in_graph = "GRAPH graph:improvemycity"
    (reports,) = loaded.select(f"SELECT (COUNT(?r) AS ?n) {{ {in_graph} {{ ?r a kam:Report }} }}")
    (steps,) = loaded.select(f"SELECT (COUNT(?a) AS ?n) {{ {in_graph} {{ ?a a prov:Activity }} }}")
    assert (reports, steps) == ([str(cases["reports"])], [str(cases["activities"])])


def test_no_synthetic_contact_is_published(loaded):
    contact = "2310 000|690000|simulated[0-9]+@"
    rows = loaded.select(f'SELECT ?s ?o {{ ?s ?p ?o FILTER(isLiteral(?o) && REGEX(STR(?o), "{contact}")) }}')
    assert rows == []
