"""What the saved queries say of the strategy, against the tables as csv reads them."""

from collections import defaultdict

import pytest
from support.strategy import BASE, load_strategy, sample

AXES = "12345"


@pytest.fixture(scope="module")
def strategy(tmp_path_factory):
    return load_strategy(tmp_path_factory.mktemp("strategy"), bases={"4.1": 2016})


@pytest.mark.parametrize("axis", AXES)
def test_the_targets_of_an_axis_and_their_numbers(strategy, axis):
    found = strategy.ask("strategy-targets", axis=f"{BASE}code/strategy/{axis}")
    assert [(row["code"], row["name_el"], row["name_en"], row["value"]) for row in found] == [
        (row["id"], row["label_el"], row["label_en"], float(row["value"]))
        for row in sample("targets")
        if row["axis"] == axis and row["kind"] == "target"
    ]


@pytest.mark.parametrize("target", ["1.3", "2.3", "3.5", "4.3", "C.5", "5.1"])
def test_the_actions_that_serve_a_target(strategy, target):
    found = strategy.ask("strategy-actions", target=f"{BASE}id/strategy-target/{target}")
    assert {(row["code"], row["name_el"], row["kind"].rpartition("/")[2]) for row in found} == {
        (row["id"], row["label_el"], row["kind"])
        for row in sample("actions")
        if target in row["targets"].split(";")
    }


@pytest.mark.parametrize("axis", AXES)
def test_the_sectors_of_thessaloniki_2030_that_an_axis_serves(strategy, axis):
    axes = defaultdict(set)
    for row in sample("links2030"):
        axes[row["code"]].add(row["axis"])
    found = strategy.ask("strategy-sectors", axis=f"{BASE}code/strategy/{axis}")
    assert sorted((row["code"], row["name_el"], row["axes"]) for row in found) == sorted(
        (row["code"], row["title_el"], len(axes[row["code"]]))
        for row in sample("links2030")
        if row["axis"] == axis
    )


def test_the_data_that_targets_wait_for(strategy):
    """By name of the data; the names of a source that mean the same are one."""
    measured = {row["id"] for row in sample("targets-notes") if row["query"]}
    waiting = {row["id"] for row in sample("targets")} - measured
    found = strategy.ask("strategy-missing-data")
    codes = {row["data"].rpartition("/")[2]: row["codes"].split() for row in found}
    assert set().union(*codes.values()) == waiting
    assert codes["contests"] == ["4.3", "4.4", "C.5", "R.2"]
    assert codes["base-year"] == ["4.1", "4.2", "4.6"]
    assert codes["service-register"] == ["1.4", "5.1"]
    assert [row["targets"] for row in found] == sorted(
        (len(row["codes"].split()) for row in found), reverse=True
    )
    assert sum(map(len, codes.values())) == sum(
        len(row["data_needed_en"].split(";")) for row in sample("targets") if row["id"] in waiting
    )


@pytest.mark.parametrize("kind", ["priority", "action"])
@pytest.mark.parametrize("role", ["feature", "data", "indicator", "reported"])
def test_the_part_of_the_platform(strategy, kind, role):
    how = {row["id"]: row["how_el"] for row in sample("actions-notes")}
    found = strategy.ask(
        "strategy-platform", role=f"{BASE}code/platform-role/{role}", kind=f"{BASE}code/strategy-kind/{kind}"
    )
    assert {(row["code"], row["name_en"], row["how_en"], row["how_el"]) for row in found} == {
        (row["id"], row["label_en"], row["how_en"], how[row["id"]])
        for row in sample("actions")
        if (row["kind"], row["platform_role"]) == (kind, role)
    }


def test_every_target_is_measured_or_says_what_is_missing(strategy):
    queries = {row["id"]: row["query"] for row in sample("targets-notes")}
    found = {row["code"]: row for row in strategy.ask("strategy-progress")}
    assert list(found) == sorted(row["id"] for row in sample("targets"))
    for row in sample("targets"):
        said = found[row["id"]]
        if queries[row["id"]]:
            assert said["query"] == f"{BASE}query/{queries[row['id']]}"
            continue
        undeclared = row["form"] == "change" and row["id"] != "4.1"
        assert said["status"].endswith("/no-base-declared" if undeclared else "/data-missing")
        assert ("Δεν έχει δηλωθεί έτος βάσης." in said["note_el"]) is undeclared
        assert "Λείπουν δεδομένα: " in said["note_el"] and "Data missing: " in said["note_en"]
        assert said["note_en"].count(";") == row["data_needed_en"].count(";")
