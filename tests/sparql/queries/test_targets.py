"""A target is met only when the data show it: small towns on both sides of every line."""

import json
from collections import Counter
from datetime import datetime, timedelta
from statistics import median_low

import pytest
from support.strategy import BASE, load_strategy, table, write_budget

MEASURED = tuple(f"strategy-target-{number}" for number in ("1-3", "3-1", "3-2", "3-3", "3-4", "r-1"))
BASES = {"1.3": 2015, "3.2": 2015, "3.3": 2015}
ICT, OTHER, INVESTMENT = "6222.01.01", "6471.01.01", "7135.01.01"


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The strategy without any data that would measure it."""
    return load_strategy(tmp_path_factory.mktemp("bare"))


@pytest.fixture
def town(tmp_path):
    """A town with these budget files and base years."""

    def load(bases=None, simulated=(), **days):
        files = write_budget(tmp_path / "files", **days)
        return load_strategy(
            tmp_path / "data",
            ("budget-expenditure", files),
            bases=BASES if bases is None else bases,
            simulated=simulated,
        )

    return load


def test_without_data_and_base_years_nothing_is_measured(bare):
    found = {name: bare.status(name) for name in MEASURED}
    assert found == {
        "strategy-target-1-3": "no-base-declared",
        "strategy-target-3-1": "measured-not-met",
        "strategy-target-3-2": "no-base-declared",
        "strategy-target-3-3": "data-missing",
        "strategy-target-3-4": "data-missing",
        "strategy-target-r-1": "data-missing",
    }


def test_what_is_not_declared_is_said_in_both_languages(bare):
    (row,) = bare.ask("strategy-target-3-2")
    assert row["note_el"].startswith("Δεν έχει δηλωθεί έτος βάσης.")
    assert row["note_en"].startswith("The strategy gives no base year.")
    assert row["value"] is None


def test_the_only_datasets_without_other_data_are_the_strategys_own(bare):
    (row,) = bare.ask("strategy-target-3-1")
    assert (row["value"], row["simulated"]) == (3, 0)


def test_a_base_year_without_any_budget_measures_nothing(tmp_path):
    strategy = load_strategy(tmp_path, bases=BASES)
    assert [strategy.status(name) for name in ("strategy-target-1-3", "strategy-target-3-2")] == [
        "data-missing"
    ] * 2


def test_no_target_is_met_by_assumption(bare):
    for row in bare.ask("strategy-progress"):
        assert row["query"] or row["status"].rpartition("/")[2] in {"data-missing", "no-base-declared"}
    assert all(bare.status(name) != "measured-met" for name in MEASURED)


@pytest.mark.parametrize(
    ("after", "status", "value"),
    [(800, "measured-met", 20), (801, "measured-not-met", 19.9), (1200, "measured-not-met", -20)],
)
def test_operating_cost_is_met_exactly_at_a_fall_by_20_percent(town, after, status, value):
    strategy = town(
        d2015_12_31={OTHER: 1000, INVESTMENT: 500},
        d2016_12_30={OTHER: after, INVESTMENT: 90000},
    )
    (row,) = strategy.ask("strategy-target-3-2")
    assert (row["status"].rpartition("/")[2], row["value"]) == (status, value)
    assert (row["base_year"], row["base_amount"], row["year"], row["amount"]) == (2015, 1000, 2016, after)


@pytest.mark.parametrize(("after", "status"), [(700, "measured-met"), (701, "measured-not-met")])
def test_ict_cost_is_met_exactly_at_a_fall_by_30_percent_of_the_ict_codes_alone(town, after, status):
    strategy = town(d2015_12_31={ICT: 1000, OTHER: 1}, d2016_12_30={ICT: after, OTHER: 90000})
    assert strategy.status("strategy-target-1-3") == status


def test_a_year_is_what_stood_at_its_end(town):
    strategy = town(
        d2015_06_30={OTHER: 400, "6473.01.01": 7},
        d2015_12_29={OTHER: 1000},
        d2016_06_30={OTHER: 300},
        d2016_12_28={OTHER: 800},
    )
    (row,) = strategy.ask("strategy-target-3-2")
    assert (row["base_amount"], row["amount"]) == (1000, 800)


def test_the_latest_whole_year_is_compared(town):
    strategy = town(
        d2015_12_31={OTHER: 1000},
        d2016_12_31={OTHER: 900},
        d2017_12_31={OTHER: 500},
        d2018_03_31={OTHER: 10},
    )
    (row,) = strategy.ask("strategy-target-3-2")
    assert (row["year"], row["amount"], row["value"]) == (2017, 500, 50)


def test_a_base_year_that_is_not_whole_says_so(town):
    strategy = town(d2015_06_30={OTHER: 1000}, d2016_12_31={OTHER: 1})
    (row,) = strategy.ask("strategy-target-3-2")
    assert row["status"].endswith("/base-incomplete")
    assert row["value"] is None
    assert "2015" in row["note_en"] and "2015" in row["note_el"]


def test_a_base_year_that_the_data_lack_says_so(town):
    strategy = town(bases={"3.2": 2010}, d2015_12_31={OTHER: 1000}, d2016_12_31={OTHER: 1})
    assert strategy.status("strategy-target-3-2") == "base-incomplete"


def test_a_base_year_alone_is_compared_with_nothing(town):
    strategy = town(d2015_12_31={OTHER: 1000}, d2016_06_30={OTHER: 1})
    (row,) = strategy.ask("strategy-target-3-2")
    assert (row["status"].rpartition("/")[2], row["value"]) == ("data-missing", None)


def test_simulated_amounts_decide_nothing(town):
    strategy = town(simulated=("budget-expenditure",), d2015_12_31={OTHER: 1000}, d2016_12_31={OTHER: 100})
    (row,) = strategy.ask("strategy-target-3-2")
    assert (row["status"].rpartition("/")[2], row["value"]) == ("simulated-data", 90)


def test_datasets_are_counted_when_open_ours_and_real(town):
    strategy = town(simulated=("budget-expenditure",), d2015_12_31={OTHER: 1})
    (row,) = strategy.ask("strategy-target-3-1")
    assert (row["value"], row["simulated"]) == (3, 1)
    assert row["status"].endswith("/measured-not-met")


def request(number, created, days):
    """A report in Open311's format that was closed after some days; None: it is still open."""
    closed = None if days is None else created + timedelta(days=days, hours=5)
    return {
        "service_request_id": f"R{number}",
        "status": "open" if closed is None else "closed",
        "service_name": "Λακούβα",
        "service_code": "pothole",
        "requested_datetime": f"{created.isoformat()}+02:00",
        "updated_datetime": closed and f"{closed.isoformat()}+02:00",
        **dict.fromkeys(("status_notes", "description", "agency_responsible", "address", "address_id")),
        **dict.fromkeys(("expected_datetime", "zipcode", "lat", "long", "media_url")),
    }


@pytest.fixture
def reported(tmp_path):
    """A town with reports that were closed after these numbers of days."""

    def load(*days, simulated=(), bases=None):
        (tmp_path / "reports").mkdir()
        first = datetime(2025, 12, 30, 9, 0)
        rows = [request(n, first + timedelta(days=n), each) for n, each in enumerate(days)]
        (tmp_path / "reports" / "requests.json").write_text(json.dumps(rows), encoding="utf-8")
        place = ("open311-requests", tmp_path / "reports")
        return load_strategy(tmp_path / "data", place, simulated=simulated, bases=bases)

    return load


@pytest.mark.parametrize("days", [(3,), (0, 0, 9), (1, 2, 3, 40), (0, 30, 30, None, None, 7)])
def test_the_proxy_for_upkeep_is_the_median_of_days_to_close_and_says_that_it_is_one(reported, days):
    (row,) = reported(*days).ask("strategy-target-3-3")
    closed = [each for each in days if each is not None]
    assert (row["status"].rpartition("/")[2], row["unit"].rpartition("/")[2]) == ("proxy-only", "DAY")
    assert (row["value"], row["reports"]) == (median_low(closed), len(closed))
    assert row["note_el"].startswith("Ενδεικτικό μέγεθος") and row["note_en"].startswith("A proxy")
    assert "Δεν έχει δηλωθεί έτος βάσης." in row["note_el"]


def test_without_a_closed_report_the_data_are_missing(reported):
    assert reported(None, None).status("strategy-target-3-3") == "data-missing"


def test_the_declared_base_year_of_the_proxy_is_said(reported):
    (row,) = reported(3, bases={"3.3": 2016}).ask("strategy-target-3-3")
    assert row["note_en"].endswith("Declared base year: 2016.")


def test_simulated_reports_decide_nothing(reported):
    strategy = reported(3, 4, simulated=("open311-requests",))
    assert strategy.status("strategy-target-3-3") == "simulated-data"
    assert {row["status"].rpartition("/")[2] for row in strategy.ask("strategy-target-r-1")} == {
        "simulated-data"
    }


def test_a_history_says_when_a_report_was_closed_first(tmp_path):
    folder = load_strategy(tmp_path).settings.resources.mappings / "improvemycity" / "sample"
    entries = json.loads((folder / "timeline.json").read_text(encoding="utf-8"))["data"]
    issues = json.loads((folder / "issues.json").read_text(encoding="utf-8"))["data"]
    strategy = load_strategy(tmp_path, ("improvemycity", folder))
    shown = {row["id"]: row for row in strategy_reports(strategy)}
    ended = {"Επιλύθηκε", "Δεν επιλύθηκε", "Έκλεισε", "Αρχειοθετήθηκε"}
    days = []
    for issue in issues:
        closed = sorted(
            entry["created"]
            for entry in entries
            if entry["issueid"] == issue["id"] and entry["stepid_title"] in ended
        )
        if str(issue["id"]) in shown and issue["stepid_title"] in ended:
            end = datetime.fromisoformat(closed[0] if closed else issue["updated"])
            days.append((end - datetime.fromisoformat(issue["created"])).days)
    (row,) = strategy.ask("strategy-target-3-3")
    assert (row["value"], row["reports"]) == (median_low(days), len(days))


def strategy_reports(strategy):
    """The keys of the published reports of ImproveMyCity."""
    rows = strategy.store.query(
        f"SELECT ?id {{ ?r a <{BASE}def/Report> ; <http://purl.org/dc/terms/identifier> ?id }}",
        use_default_graph_as_union=True,
    )
    return [{"id": row["id"].value} for row in rows]


def test_reports_are_counted_by_the_year_of_their_submission(reported):
    found = reported(1, None, 2, None, 5).ask("strategy-target-r-1")
    first = datetime(2025, 12, 30)
    years = Counter((first + timedelta(days=n)).year for n in range(5))
    assert {row["year"]: row["value"] for row in found} == years
    assert {row["status"].rpartition("/")[2] for row in found} == {"reference"}


def test_each_measured_target_points_at_its_query_and_the_query_at_it(bare):
    folder = bare.settings.resources.queries
    notes = table(bare.settings.resources.mappings / "strategy-targets" / "sample" / "targets-notes.tsv")
    named = {row["id"]: row["query"] for row in notes if row["query"]}
    assert sorted(named.values()) == sorted(path.stem for path in folder.glob("strategy-target-*.rq"))
    for code, name in named.items():
        assert {row["target"] for row in bare.ask(name)} == {f"{BASE}id/strategy-target/{code}"}


def test_the_share_of_datasets_without_a_record_in_quarantine(town):
    whole = town(d2016_04_01={OTHER: 100})
    (row,) = whole.ask("strategy-target-3-4")
    assert (row["value"], row["datasets"], row["records"], row["quarantined"]) == (100, 1, 1, 0)
    assert whole.status("strategy-target-3-4") == "measured-met"


def test_a_dataset_with_a_record_in_quarantine_does_not_follow_the_rules(town):
    broken = town(d2016_04_01={OTHER: 100, "no code": 100})
    (row,) = broken.ask("strategy-target-3-4")
    assert (row["value"], row["records"], row["quarantined"]) == (0, 2, 1)
    assert broken.status("strategy-target-3-4") == "measured-not-met"


def test_simulated_datasets_are_not_counted(town):
    made_up = town(simulated=("budget-expenditure",), d2016_04_01={OTHER: 100})
    assert made_up.status("strategy-target-3-4") == "data-missing"
