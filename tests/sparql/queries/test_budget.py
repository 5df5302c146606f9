from collections import defaultdict
from decimal import Decimal

import pytest
from support.budget import FOLDERS

SERVICES = {
    "Γενικές υπηρεσίες": "00",
    "Οικονομικές και Διοικητικές υπηρεσίες": "10",
    "Υπηρεσίες Πολιτισμού, Αθλητισμού και κοινωνικής πολιτικής": "15",
    "Υπηρεσία καθαριότητας και ηλεκτροφωτισμού": "20",
    "Υπηρεσία Τεχνικών έργων": "30",
    "Υπηρεσίες πρασίνου": "35",
    "Υπηρεσία Πολεοδομίας": "40",
    "Υπηρεσία Νεκροταφείων": "45",
    "Δημοτική Αστυνομία": "50",
    "Αποθεματικό": "90",
    "ΥΠΗΡΕΣΙΕΣ ΚΑΘΑΡΙΟΤΗΤΑΣ ΚΑΙ ΗΛΕΚΤΡΟΦΩΤΙΣΜΟΥ (Έργα και δράσεις χρηματοδοτούμενες απο ΠΔΕ)": (
        "cleaning-lighting-pde"
    ),
    "ΥΠΗΡΕΣΙΕΣ ΚΟΙΝΩΝΙΚΗΣ ΠΟΛΙΤΙΚΗΣ (Έργα και δράσεις χρηματοδοτούμενες απο ΠΔΕ)": "social-policy-pde",
    "": None,
}


def first_and_last(budget):
    days = budget.days("expenditure")
    return days[0], days[-1]


def sums(rows, group):
    """Sum raw rows by `group` of their key, and phase."""
    found = defaultdict(Decimal)
    for key, row in rows.items():
        for phase, value in row.items():
            found[group(key), phase] += value
    return dict(found)


@pytest.mark.parametrize("which", [0, 1], ids=["first day", "last day"])
def test_lines_as_of_a_day_are_the_rows_of_its_file(budget, which):
    day = first_and_last(budget)[which]
    found = {
        (row["side"], row["service"], row["ka"]): {
            phase: row[phase]
            for phase in ("draft", "revised", "reserved", "approved", "executed")
            if row[phase] is not None
        }
        for row in budget.ask("budget-lines-as-of", day=day)
    }
    assert found == {
        (side, SERVICES[service], ka): row
        for side in FOLDERS
        for (service, ka), row in budget.rows(side, day).items()
    }


def test_the_current_state_is_that_of_the_last_file(budget):
    last = first_and_last(budget)[1]
    rows = budget.ask("budget-current")
    for side in FOLDERS:
        assert {row["phase"]: row["total"] for row in rows if row["side"] == side} == budget.totals(
            side, last
        )


@pytest.mark.parametrize(
    "name",
    [
        "budget-as-of",
        "budget-balance",
        "budget-by-kae-group",
        "budget-by-service",
        "budget-execution-rate",
        "budget-lines-as-of",
    ],
)
def test_without_a_day_the_answer_is_that_of_the_last_file(name, budget):
    rows = budget.ask(name)
    assert rows
    assert rows == budget.ask(name, day=first_and_last(budget)[1])


def test_before_the_first_day_there_is_nothing(budget):
    assert budget.ask("budget-as-of", day="2016-03-31") == []
    assert budget.ask("budget-lines-as-of", day="2016-03-31") == []


def test_a_day_without_a_file_is_as_the_day_before_it(budget):
    assert "2016-04-03" not in budget.days("expenditure")
    assert budget.ask("budget-as-of", day="2016-04-03") == budget.ask("budget-as-of", day="2016-04-01")


@pytest.mark.parametrize("pair", [(0, -1), (0, 1), (1, -1)], ids=["all", "the first", "the later"])
def test_changes_are_the_differences_of_two_files(budget, pair):
    days = budget.days("expenditure")
    begin, end = (days[at] for at in pair)
    found = {
        (row["line"], row["phase"]): (row["before"], row["after"], row["difference"])
        for row in budget.ask("budget-changes", **{"from": begin, "to": end})
    }
    expected = {}
    for side in FOLDERS:
        before, after = budget.rows(side, begin), budget.rows(side, end)
        for service, ka in before.keys() | after.keys():
            line = "~".join(filter(None, ("2016", SERVICES[service], ka)))
            was, now = before.get((service, ka), {}), after.get((service, ka), {})
            for phase in was | now:
                if was.get(phase) != now.get(phase):
                    difference = now.get(phase, Decimal()) - was.get(phase, Decimal())
                    expected[line, phase] = (was.get(phase), now.get(phase), difference)
    assert found == expected


def test_changes_without_days_are_those_of_the_newest_file_that_changed_anything(budget):
    days = budget.days("expenditure")
    states = [{side: budget.rows(side, day) for side in FOLDERS} for day in days]
    newest = max(at for at in range(1, len(days)) if states[at] != states[at - 1])
    rows = budget.ask("budget-changes")
    assert rows
    assert rows == budget.ask("budget-changes", **{"from": days[newest - 1], "to": days[-1]})
    assert budget.ask("budget-changes", **{"from": days[0]}) == budget.ask(
        "budget-changes", **{"from": days[0], "to": days[-1]}
    )


def test_services_spend_what_their_rows_say(budget):
    _, day = first_and_last(budget)
    rows = budget.ask("budget-by-service", day=day)
    found = {(row["service"], row["phase"]): row["total"] for row in rows}
    assert found == sums(budget.rows("expenditure", day), lambda key: SERVICES[key[0]])
    assert all(row["name_el"] and row["name_en"] for row in rows)


def test_groups_of_codes_have_what_their_rows_say(budget):
    _, day = first_and_last(budget)
    rows = budget.ask("budget-by-kae-group", day=day)
    found = {(row["code"], row["phase"]): row["total"] for row in rows}
    assert found == {
        key: value
        for side in FOLDERS
        for key, value in sums(budget.rows(side, day), lambda key: key[1][0]).items()
    }


def test_rates_are_shares_of_the_revised_budget(budget):
    _, day = first_and_last(budget)
    for row in budget.ask("budget-execution-rate", day=day):
        totals = budget.totals(str(row["side"]), day)
        assert (row["revised"], row["approved"], row["executed"]) == (
            totals["revised"],
            totals["approved"],
            totals["executed"],
        )
        assert abs(row["executedPercent"] - 100 * totals["executed"] / totals["revised"]) <= Decimal("0.005")
        assert abs(row["approvedPercent"] - 100 * totals["approved"] / totals["revised"]) <= Decimal("0.005")


def test_the_budget_balances_each_day(budget):
    for day in budget.days("expenditure"):
        (row,) = budget.ask("budget-balance", day=day)
        assert row["expenditure"] == budget.totals("expenditure", day)["draft"]
        assert row["revenue"] == budget.totals("revenue", day)["draft"]
        assert (row["difference"], row["balanced"]) == (0, True)
