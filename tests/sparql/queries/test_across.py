"""The queries over several domains, against what json and csv say of the files of a small simulated city."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from decimal import Decimal
from math import cos, hypot, radians

import pytest
from support.city import BASE, load_city
from support.measures import daily_rows, rows

from kamara.resources import bundled
from kamara.simulator.city import simulate

# Which service answers for a category of the sources, as ontology/codes/report-category.ttl states.
SERVICES = {
    "Καθαριότητα": "20",
    "Ηλεκτροφωτισμός": "20",
    "Γεμάτος κάδος": "20",
    "Δρόμοι, πεζοδρόμια και πλατείες": "30",
    "Πράσινο": "35",
    "Παράνομη στάθμευση": "50",
}
SOLVED = {"Επιλύθηκε", "Έκλεισε", "Ολοκληρώθηκε", "closed"}
PHASES = {"draft": 3, "revised": 4, "reserved": 5, "ordered": 6, "paid": 7}
METRES = 111195.08
# The sample of NGSI-LD issues is loaded too: reports of it by municipality.
NGSI_SAMPLE = {"9031": 1}


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    folder = tmp_path_factory.mktemp("across") / "city"
    simulate(folder, 0.05, 3, bundled(), 20)
    return load_city(folder)


@pytest.fixture(scope="module")
def budget(city):
    """Of each line of the last day, by service and KA: its amounts by phase."""
    last = city.files("budget-expenditure", "*.csv")[-1]
    services = {label: code for code, label in services_of(city)}
    return {
        (services[row[0].strip()], row[1].strip()): {
            phase: euros(row[place]) for phase, place in PHASES.items()
        }
        for row in daily_rows(last)
    }


@pytest.fixture(scope="module")
def commitments(city):
    """Every amount of a decision that has a KAE of the municipality: decision, service, KA, amount."""
    return [
        (one["ada"], *part["kae"].split("-"), Decimal(str(part["amountWithVAT"])))
        for one in city.decisions()
        for part in one["extraFieldValues"].get("amountWithKae") or ()
    ]


def services_of(city):
    found = city.select(
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT ?code ?label {"
        f" ?service skos:inScheme <{BASE}code/budget-service> ; skos:notation ?code ;"
        " skos:prefLabel|skos:altLabel ?label }"
    )
    return [(row["code"], row["label"]) for row in found]


def euros(text):
    return Decimal(text.replace(".", "").replace(",", "."))


def number(text):
    return None if text is None else Decimal(text)


def test_each_commitment_leads_to_its_line_and_what_was_paid_of_it(city, budget, commitments):
    found = city.ask("across-decision-to-payment", year="2025")
    assert sorted((row["decision"].removeprefix("id/decision/"), row["line"]) for row in found) == sorted(
        (ada, f"id/expenditure-line/2025~{service}~{ka}") for ada, service, ka, _ in commitments
    )
    assert sum(number(row["amount"]) for row in found) == sum(amount for *_, amount in commitments)
    for row in found:
        service, ka = row["line"].split("~")[1:]
        for phase in ("revised", "reserved", "ordered", "paid"):
            assert number(row[phase]) == budget[service, ka][phase]


def test_commitments_by_expenditure_code_beside_what_is_planned_and_paid(city, budget, commitments):
    committed, decisions = defaultdict(Decimal), defaultdict(set)
    for ada, _, ka, amount in commitments:
        committed[ka[:4]] += amount
        decisions[ka[:4]].add(ada)
    planned, paid = Counter(), Counter()
    for (_, ka), amounts in budget.items():
        planned[ka[:4]] += amounts["draft"]
        paid[ka[:4]] += amounts["paid"]
    found = {row["kae"].rpartition("/")[2]: row for row in city.ask("across-kae-commitments", year="2025")}
    assert set(found) == set(committed)
    for kae, row in found.items():
        assert number(row["committed"]) == committed[kae]
        assert int(row["decisions"]) == len(decisions[kae])
        assert (number(row["planned"]), number(row["paid"])) == (planned[kae], paid[kae])


@pytest.mark.parametrize(
    "name", ["across-decision-to-payment", "across-kae-commitments", "across-reports-budget"]
)
def test_without_a_year_the_answer_is_that_of_every_year(city, name):
    of_each = [row for year in range(2024, 2027) for row in city.ask(name, year=str(year))]
    assert of_each
    assert sorted(map(str, city.ask(name))) == sorted(map(str, of_each))


def test_reports_by_the_service_that_answers_beside_its_budget(city, budget):
    mine = [one for one in city.public_reports() if one.made[:4] == "2025" and one.category in SERVICES]
    reports = Counter(SERVICES[one.category] for one in mine)
    still_open = Counter(SERVICES[one.category] for one in mine if one.step not in SOLVED)
    found = {row["service"].rpartition("/")[2]: row for row in city.ask("across-reports-budget", year="2025")}
    assert {service: int(row["reports"]) for service, row in found.items()} == reports
    for service, row in found.items():
        assert int(row["open"]) == still_open[service]
        lines = [amounts for (one, _), amounts in budget.items() if one == service]
        assert number(row["planned"]) == sum(line["draft"] for line in lines)
        assert number(row["paid"]) == sum(line["paid"] for line in lines)


def test_the_municipalities_side_by_side(city):
    reports = Counter(city.municipality_at(one.place) for one in city.public_reports())
    found = {row["municipality"].rpartition("/")[2]: row for row in city.ask("across-places")}
    assert set(found) == {"9026", "9031", "9032", "9036"}
    for code, row in found.items():
        assert int(row["reports"]) == reports[code] + NGSI_SAMPLE.get(code, 0)


@pytest.mark.parametrize("metres", [200, 800])
def test_reports_near_each_monument(city, metres):
    asked = city.ask("across-reports-near-monuments", metres=str(metres))
    found = {row["monument"]: int(row["reports"]) for row in asked}
    (file,) = city.files("public-monuments", "*.json")
    placed = [row for row in json.loads(file.read_text("utf-8")) if row["lon"] and row["lat"]]
    assert {f"id/public-monument/{row['key']}" for row in placed} <= set(found)
    places = [one.place for one in city.public_reports() if one.place]
    # A published position is off by half the diagonal of the grid at most.
    slack = hypot(city.settings.privacy.grid_metres, city.settings.privacy.grid_metres) / 2 + 1
    for row in placed:
        count = found[f"id/public-monument/{row['key']}"]
        far = [distance((row["lon"], row["lat"]), place) for place in places]
        surely = sum(one <= metres - slack for one in far)
        perhaps = sum(one <= metres + slack for one in far) + sum(NGSI_SAMPLE.values())
        assert surely <= count <= perhaps


def distance(here, there):
    east = (here[0] - there[0]) * METRES * cos(radians((here[1] + there[1]) / 2))
    return hypot(east, (here[1] - there[1]) * METRES)


def degrees(text):
    """The number of `40ο 37' 12.34''Ν`."""
    whole, minutes, seconds = re.findall(r"[\d.]+", text.replace(",", "."))
    return float(whole) + float(minutes) / 60 + float(seconds) / 3600


def air_by_municipality(city):
    """The PM10 readings of the stations' sheets, by the municipality in which each station stands."""
    (stations,) = city.files("air-quality-stations", "*.csv")
    found = defaultdict(list)
    for number, _, _, lat, lon, *_ in (row for row in rows(stations) if row[:1] and row[0].isdecimal()):
        (sheet,) = city.files("air-quality", f"*-{int(number):03}.csv")
        cells = [row[5] for row in rows(sheet) if len(row) > 5][1:]
        found[city.municipality_at((degrees(lon), degrees(lat)))] += [
            Decimal(cell) for cell in cells if cell.replace(".", "").isdecimal()
        ]
    return found


def test_the_air_and_the_reports_of_a_month(city):
    found = {
        row["municipality"].rpartition("/")[2]: row
        for row in city.ask("across-air-and-reports", property=f"{BASE}code/observable-property/pm10")
    }
    air = air_by_municipality(city)
    assert set(found) == set(air) - {None}
    made = [city.municipality_at(one.place) for one in city.public_reports() if one.made[:7] == "2025-01"]
    for municipality, row in found.items():
        values = air[municipality]
        assert row["month"] == "2025-01"
        assert abs(number(row["mean"]) - sum(values) / len(values)) < Decimal("0.0001")
        assert int(row["reports"]) == made.count(municipality)
