"""From a decision by its KAE to the budget line and its execution: what decisions commit on each line."""

from __future__ import annotations

import json
from collections import defaultdict
from decimal import Decimal

import pytest
from support.city import load_city
from support.measures import daily_rows

from kamara.resources import bundled
from kamara.simulator.city import simulate

COMMITMENTS = """
PREFIX kam: <https://data.thessaloniki.gr/def/>
SELECT ?line ?decisions ?committed ?paid WHERE {
  ?one a kam:LineCommitment ; kam:budgetLine ?line ;
    kam:decisionCount ?decisions ; kam:committedAmount ?committed .
  OPTIONAL { ?one kam:paidAmount ?paid }
}
"""
NOWHERE = "10-6011.99.99"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "city"
    simulate(folder, 0.1, 5, bundled(), 3)
    return folder


def loaded(folder):
    return load_city(folder, "decisions", "budget-expenditure")


def found(city):
    rows = city.select(COMMITMENTS)
    return {row["line"]: (int(row["decisions"]), Decimal(row["committed"])) for row in rows}


def told(city):
    """The same by json: of each line that a decision in force names, how many do and for how much."""
    named = defaultdict(list)
    for one in city.decisions():
        for part in one["extraFieldValues"].get("amountWithKae") or ():
            if one["status"] == "PUBLISHED":
                line = "~".join(part["kae"].split("-", 1))
                named[f"id/expenditure-line/2025~{line}"].append((one["ada"], part["amountWithVAT"]))
    return {
        line: (len({ada for ada, _ in some}), sum(Decimal(str(amount)) for _, amount in some))
        for line, some in named.items()
    }


def change(city, edit):
    """Edit the first decision that commits money, in its file."""
    for page in city.files("decisions", "*.json"):
        content = json.loads(page.read_text("utf-8"))
        for one in content["decisions"]:
            if one["extraFieldValues"].get("amountWithKae") and one["status"] == "PUBLISHED":
                edit(one)
                page.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
                return one
    raise AssertionError("no decision commits money")


def test_each_line_has_what_the_decisions_in_force_commit_on_it(folder):
    city = loaded(folder)
    assert found(city) == told(city)
    assert found(city)


def test_a_revoked_decision_commits_nothing(folder):
    before = loaded(folder)
    commits = len(told(before))
    change(before, lambda one: one.update(status="REVOKED"))
    after = loaded(folder)
    assert found(after) == told(after)
    assert len(found(after)) < commits or sum(n for n, _ in told(after).values()) < sum(
        n for n, _ in found(before).values()
    )


def test_a_line_that_the_budget_does_not_have_is_told_and_has_no_amounts(folder):
    before = loaded(folder)
    assert before.ask("across-lines-not-in-budget") == []
    changed = change(before, lambda one: one["extraFieldValues"]["amountWithKae"][0].update(kae=NOWHERE))
    after = loaded(folder)
    assert found(after) == told(after)
    (row,) = after.ask("across-lines-not-in-budget")
    assert row["decision"] == f"id/decision/{changed['ada']}"
    (paid,) = (one["paid"] for one in after.select(COMMITMENTS) if one["line"].endswith(NOWHERE[3:]))
    assert paid is None


def test_what_was_paid_follows_the_budget(folder):
    city = loaded(folder)
    days = city.files("budget-expenditure", "*.csv")
    last = {row[1].strip(): row for row in daily_rows(days[-1])}
    for row in city.select(COMMITMENTS):
        _, _, ka = row["line"].split("~")
        assert Decimal(row["paid"]) == Decimal(last[ka][7].replace(".", "").replace(",", "."))
