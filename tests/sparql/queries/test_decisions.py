"""Each question's answer, counted from the files with json and csv alone."""

import csv
import re
from collections import Counter, defaultdict
from decimal import Decimal

import pytest
from support.decisions import CODE, ID, day_in_athens, is_legal

STATUS = {"PUBLISHED": "published", "REVOKED": "revoked", "PENDING_REVOCATION": "pending-revocation"}


def extra(record):
    return record.get("extraFieldValues") or {}


def totals(rows, *names):
    return {tuple(row[name] for name in names): Decimal(str(row["total"])) for row in rows}


def test_spending_by_code_and_month(decisions):
    organizations = {record["organizationId"] for record in decisions.records}
    for organization in organizations:
        expected = defaultdict(Decimal)
        for record in decisions.records:
            if record["organizationId"] == organization and record["status"] == "PUBLISHED":
                for part in extra(record).get("amountWithKae") or []:
                    expected[part["kae"], day_in_athens(record["issueDate"])[:7]] += part["amountWithVAT"]
        found = decisions.loaded.ask("decisions-spending", organization=f"{ID}organization/{organization}")
        assert totals(found, "code", "month") == expected


def test_a_chain_leads_from_the_commitment_to_the_payment(sample_decisions):
    ada = f"{ID}decision/ΠΡΟΣΟΜ6114-Α"
    rows = sample_decisions.loaded.ask("decisions-chain", first=f"{ada}02")
    assert [(row["decision"], row["type"].rpartition("/")[2], row["amount"]) for row in rows] == [
        (f"{ada}02", "Β.1.3", 45500.5),
        (f"{ada}03", "Δ.2.2", 38000.0),
        (f"{ada}04", "Β.2.1", 38000.0),
        (f"{ada}05", "Β.2.2", 38000.0),
    ]


def test_without_a_decision_the_chain_is_that_of_the_newest_commitment_that_was_spent(sample_decisions):
    fields = ("relatedAnalipsiYpoxreosis", "relatedEkgrisiDapanis")
    named = {
        record["ada"]: re.findall(
            r"ΠΡΟΣΟΜ6114-[Α-Ω0-9]+", str([extra(record).get(field) for field in fields])
        )
        for record in sample_decisions.records
    }
    bases = {ada for some in named.values() for ada in some}
    newest = max(
        (day_in_athens(record["issueDate"]), sample_decisions.iri(record))
        for record in sample_decisions.records
        if record["ada"] in bases and not named[record["ada"]]
    )
    rows = sample_decisions.loaded.ask("decisions-chain")
    assert rows == sample_decisions.loaded.ask("decisions-chain", first=newest[1])
    assert len(rows) > 1


def test_corrected_decisions(decisions):
    rows = decisions.loaded.ask("decisions-corrected")
    assert {(row["decision"], row["corrected"]) for row in rows} == {
        (decisions.iri(record), f"{decisions.iri(record)}~version~{record['correctedVersionId']}")
        for record in decisions.records
        if record["correctedVersionId"]
    }
    assert [row["time"] for row in rows] == sorted((row["time"] for row in rows), reverse=True)


@pytest.mark.parametrize("year", ["2016", "2023", "2025"])
def test_decisions_of_a_year_by_unit_and_type(decisions, year):
    expected = Counter(
        (f"{ID}organizational-unit/{unit}", f"{CODE}decision-type/{record['decisionTypeId']}")
        for record in decisions.records
        for unit in record["unitIds"]
        if day_in_athens(record["issueDate"]).startswith(year)
    )
    rows = decisions.loaded.ask("decisions-by-unit", year=year)
    assert {(row["unit"], row["type"]): row["decisions"] for row in rows} == expected


def test_decisions_of_every_year_are_those_of_each(decisions):
    rows = decisions.loaded.ask("decisions-by-unit")
    years = {day_in_athens(record["issueDate"])[:4] for record in decisions.records}
    assert {row["in_year"] for row in rows} <= {int(year) for year in years}
    of_each = [row for year in sorted(years) for row in decisions.loaded.ask("decisions-by-unit", year=year)]
    assert sorted(map(str, rows)) == sorted(map(str, of_each))


@pytest.mark.parametrize("least", ["0", "5000", "12000.00"])
def test_decisions_with_amounts_over_a_limit(decisions, least):
    expected = sorted(
        (extra(record)["amountWithVAT"]["amount"], decisions.iri(record))
        for record in decisions.records
        if extra(record).get("amountWithVAT") and extra(record)["amountWithVAT"]["amount"] >= Decimal(least)
    )
    rows = decisions.loaded.ask("decisions-over", least=least)
    assert sorted((Decimal(str(row["amount"])), row["decision"]) for row in rows) == expected
    assert [row["amount"] for row in rows] == sorted((row["amount"] for row in rows), reverse=True)


def test_revoked_decisions(decisions):
    rows = decisions.loaded.ask("decisions-revoked")
    assert {(row["decision"], row["status"].rpartition("/")[2]) for row in rows} == {
        (decisions.iri(record), STATUS[record["status"]])
        for record in decisions.records
        if record["status"] != "PUBLISHED"
    }


def test_recipients_and_the_unnamed_ones(decisions):
    for organization in {record["organizationId"] for record in decisions.records}:
        expected = defaultdict(Decimal)
        for record in decisions.records:
            if record["organizationId"] == organization and record["decisionTypeId"] == "Β.2.2":
                for part in extra(record).get("sponsor") or []:
                    party = part["sponsorAFMName"]
                    afm, name = party.get("afm") or "", party.get("name") or ""
                    expected[(afm if is_legal(afm, name) else None,)] += part["expenseAmount"]["amount"]
        found = decisions.loaded.ask("decisions-recipients", organization=f"{ID}organization/{organization}")
        assert totals(found, "taxID") == expected


def table(decisions, name):
    folder = decisions.loaded.settings.resources.mappings / "council" / "sample"
    with (folder / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_what_a_body_voted_in_a_meeting(sample_decisions):
    votes = {(row["meeting"], row["item"]): row for row in table(sample_decisions, "votes")}
    for meeting in {row["meeting"] for row in table(sample_decisions, "meetings")}:
        expected = []
        for row in table(sample_decisions, "agenda"):
            if row["meeting"] == meeting:
                vote = votes.get((meeting, row["item"]), {})
                numbers = [vote.get(name) or None for name in ("for", "against", "blank", "abstained")]
                expected.append(
                    (
                        int(row["item"]),
                        f"{ID}decision/{row['ada']}" if row["ada"] else None,
                        *(None if number is None else int(number) for number in numbers),
                    )
                )
        rows = sample_decisions.loaded.ask("decisions-meeting", meeting=f"{ID}meeting/{meeting}")
        names = ("order", "decision", "favor", "against", "blank", "abstained")
        assert [tuple(row[name] for name in names) for row in rows] == sorted(expected)


def test_without_a_meeting_the_newest_answers(sample_decisions):
    meetings = table(sample_decisions, "meetings")
    newest = max(meetings, key=lambda row: tuple(reversed([int(part) for part in row["date"].split("/")])))
    rows = sample_decisions.loaded.ask("decisions-meeting")
    assert rows
    assert {row["sitting"] for row in rows} == {f"{ID}meeting/{newest['meeting']}"}
