import json
from math import sqrt

import pytest
from support import measures

from kamara.simulator.rates import read_rates, read_weights

RATES = read_rates()
# Five standard deviations of the share: the seed is fixed, so this either holds or does not.
TOLERANCE = 5


@pytest.fixture(scope="module")
def decisions_of_city(city):
    return [
        one for page in city.glob("decisions/*.json") for one in json.loads(page.read_text())["decisions"]
    ]


@pytest.fixture(scope="module")
def simulated(city, decisions_of_city):
    """The share of each case in the simulated files, by a count of the test's own."""
    sides = {"expenditure": city / "budget-expenditure/Expenses", "revenue": city / "budget-revenue/Incomes"}
    return {
        **measures.air_quality(sorted((city / "air-quality").glob("*.csv"))),
        **measures.stations(next((city / "air-quality-stations").glob("*.csv"))),
        **measures.uplinks(city / "things-stack-uplinks" / "uplinks.jsonl"),
        **measures.devices(
            city / "things-stack-devices" / "devices.csv", city / "things-stack-uplinks" / "uplinks.jsonl"
        ),
        **measures.budget(sides),
        **measures.decisions(decisions_of_city),
        **measures.reports(city / "improvemycity" / "issues.json"),
        **measures.monuments(city / "public-monuments" / "monuments.json"),
        **measures.edm(sorted((city / "edm-records").glob("*.xml"))),
    }


@pytest.fixture(scope="module")
def real_decisions(shared):
    folder = shared / "data" / "decisions"
    searches = sorted((folder / "diavgeia-api-fixtures" / "search").glob("*.json"))
    single = [folder / "diavgeia-api-fixtures" / "decisions" / "one_decisions_details.json"]
    single += sorted((folder / "diavgeiaRedefined").glob("*/*.json"))
    found = [one for file in searches for one in json.loads(file.read_text("utf-8"))["decisions"]]
    return found + [json.loads(file.read_text("utf-8")) for file in single]


@pytest.fixture(scope="module")
def real(shared, real_decisions):
    data = shared / "data"
    daily = data / "budget" / "thessaloniki-daily-2016-04"
    return {
        **measures.air_quality(sorted((data / "sensors").glob("aq-csv-[36]-*.csv"))),
        **measures.stations(next((data / "sensors").glob("aq-csv-2-*.csv"))),
        **measures.uplinks(data / "sensors" / "tts-storage-decoded.jsonl"),
        **measures.budget({"expenditure": daily / "Expenses", "revenue": daily / "Incomes"}),
        **measures.decisions(real_decisions),
        **measures.monuments(data / "heritage" / "thessaloniki-public-monuments.json"),
        **measures.edm(sorted((data / "heritage" / "edm").glob("*.xml"))),
    }


@pytest.mark.parametrize("name", sorted(name for name, rate in RATES.items() if not rate.assumed))
def test_a_rate_is_what_the_real_files_have(name, real):
    assert real[name] == (RATES[name].count, RATES[name].of)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(RATES))
def test_simulated_files_show_each_case_at_its_rate(name, simulated):
    cases, of = simulated[name]
    share = float(RATES[name].share)
    assert abs(cases / of - share) <= TOLERANCE * sqrt(share * (1 - share) / of)


def test_kinds_of_decisions_are_as_often_as_in_the_real_files(real_decisions):
    assert measures.decision_types(real_decisions) == read_weights()["decision-type"]


def test_every_rate_says_what_it_is_and_where_from():
    for rate in RATES.values():
        assert rate.el
        assert rate.en
        assert rate.source
        assert 0 < rate.share < 1
        assert rate.assumed == bool(rate.why)
