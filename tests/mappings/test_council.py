import csv
import shutil

import pytest
from support.decisions import CODE, ID
from support.heritage import load_places

from kamara.config import Settings

DL = "http://data.europa.eu/eli/eli-draft-legislation-ontology#"
SAMPLE = Settings().resources.mappings / "council" / "sample"


@pytest.fixture
def load(tmp_path):
    def loaded(spoil=None):
        place = shutil.copytree(SAMPLE, tmp_path / "files")
        if spoil:
            name, old, new = spoil
            path = place / name
            text = path.read_text(encoding="utf-8")
            assert old in text
            path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return load_places(tmp_path / "data", {"council": place})

    return loaded


def rows(name):
    with (SAMPLE / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def counts(heritage):
    return next(outcome.counts for outcome in heritage.outcomes if outcome.dataset == "council")


def test_every_row_of_the_four_tables_is_published(load):
    found = counts(load())
    assert (
        found.records
        == found.published
        == sum(len(rows(name)) for name in ("bodies", "meetings", "agenda", "votes"))
    )


def test_meetings_bodies_and_items_hang_together(sample_decisions):
    loaded = sample_decisions.loaded
    for row in rows("meetings"):
        meeting = f"{ID}meeting/{row['meeting']}"
        day, month, year = row["date"].split("/")
        assert loaded.values(meeting, f"{DL}activity_date") == {f"{year}-{int(month):02}-{int(day):02}"}
        assert loaded.values(meeting, f"{DL}had_responsible_organization") == {
            f"{ID}municipal-body/{row['body']}"
        }
        found = loaded.select(f"SELECT ?item {{ ?item <{DL}forms_part_of> <{meeting}> }}")
        assert {one["item"] for one in found} == {
            f"{ID}agenda-item/{item['meeting']}~{item['item']}"
            for item in rows("agenda")
            if item["meeting"] == row["meeting"]
        }


def test_a_vote_is_numbers(sample_decisions):
    for row in rows("votes"):
        vote = f"{ID}agenda-item/{row['meeting']}~{row['item']}~vote"
        favor = {float(row["for"])} if row["for"] else set()
        assert sample_decisions.loaded.values(vote, f"{DL}number_of_votes_favor") == favor
        (outcome,) = sample_decisions.loaded.values(vote, f"{DL}had_decision_outcome")
        assert outcome.startswith(f"{CODE}vote-outcome/")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("votes.csv", ",31,", ",many,"),
        ("votes.csv", "Ομόφωνα εγκρίθηκε,44", "Ίσως,44"),
        ("meetings.csv", "Τακτική,31/3/2016", "Τακτική,31/13/2016"),
        ("agenda.csv", "ΠΡΟΣΟΜ6114-Α09", "no ada"),
        ("bodies.csv", "Municipal Committee (simulation)", ""),
    ],
)
def test_a_bad_row_is_held_with_its_reason_in_both_languages(load, name, old, new):
    heritage = load((name, old, new))
    held = heritage.held("council")
    assert any(one.file.startswith(name) for one in held)
    assert counts(heritage).records == counts(heritage).published + len(held)
    assert all(set(reason.messages) == {"el", "en"} for one in held for reason in one.reasons)
