"""Every row of the strategy's tables is published or in quarantine, and says what the row says."""

import shutil
from collections import Counter
from decimal import Decimal

import pytest
from pyoxigraph import Literal, NamedNode
from support.strategy import BASE, load_strategy, sample, table

from kamara.config import Settings
from kamara.loaders.pipeline import load
from kamara.loaders.quarantine import held_in
from kamara.loaders.source import read_source
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog

SKOS = "http://www.w3.org/2004/02/skos/core#"
TABLES = {"strategy-targets": "targets", "strategy-actions": "actions", "strategy-links": "links2030"}
COMPARATORS = {
    ">=": "at-least",
    "=": "exactly",
    ">": "more-than",
    "increase": "increase",
    "decrease": "decrease",
}


@pytest.fixture(scope="module")
def strategy(tmp_path_factory):
    return load_strategy(tmp_path_factory.mktemp("strategy"), bases={"1.3": 2015, "3.2": 2014})


def values(strategy, thing, predicate):
    """The values of a property of a thing: of IRIs the last part, of texts with their language."""
    quads = strategy.store.quads_for_pattern(NamedNode(BASE + thing), NamedNode(predicate), None)
    return sorted(
        (quad.object.value, quad.object.language)
        if isinstance(quad.object, Literal)
        else quad.object.value.rpartition("/")[2]
        for quad in quads
    )


def counts(outcomes):
    return {
        one.dataset: (one.counts.records, one.counts.published, one.counts.quarantined)
        for one in outcomes
        if one.dataset in TABLES
    }


def loaded_from(folder, data, *names):
    """Load each source from `folder` and give the counts, and what is in quarantine."""
    settings = Settings(data_dir=data)
    mappings = settings.resources.mappings
    reports = [load(settings, [read_source(mappings / name)], folder) for name in names]
    assert [report.failures for report in reports] == [{} for _ in reports]
    log = ChangeLog(Layout(settings.data_dir))
    held = [record for name in names for record in held_in(log, name)]
    return counts(one for report in reports for one in report.outcomes), held


def test_every_row_of_our_tables_is_published(strategy):
    rows = {name: len(sample(table)) for name, table in TABLES.items()}
    rows["strategy-targets"] += len(sample("targets-notes"))
    rows["strategy-actions"] += len(sample("actions-notes"))
    assert counts(strategy.report.outcomes) == {name: (n, n, 0) for name, n in rows.items()}


def test_our_notes_are_about_the_rows():
    for name in ("targets", "actions"):
        assert [row["id"] for row in sample(f"{name}-notes")] == [row["id"] for row in sample(name)]


def test_the_tables_as_they_were_handed_to_us_load_by_themselves(shared, tmp_path):
    folder = shared / "data" / "strategy"
    found, held = loaded_from(folder, tmp_path, *TABLES)
    rows = {name: len(table(folder / f"{file}.tsv")) for name, file in TABLES.items()}
    assert found == {name: (n, n, 0) for name, n in rows.items()}
    assert held == []


def test_our_tables_are_those_that_were_handed_to_us(shared):
    for name in TABLES.values():
        assert sample(name) == table(shared / "data" / "strategy" / f"{name}.tsv")


@pytest.mark.parametrize("row", sample("targets"), ids=lambda row: row["id"])
def test_a_target_says_what_its_row_says(strategy, row):
    thing = f"id/strategy-target/{row['id']}"
    assert values(strategy, thing, f"{SKOS}prefLabel") == sorted(
        [(row["label_el"], "el"), (row["label_en"], "en")]
    )
    assert values(strategy, thing, f"{SKOS}broader") == ([row["axis"]] if row["axis"] else [])
    assert values(strategy, thing, "http://purl.org/dc/terms/type") == [row["kind"]]
    assert values(strategy, thing, f"{BASE}def/targetForm") == [row["form"]]
    assert values(strategy, thing, f"{BASE}def/comparator") == [COMPARATORS[row["comparator"]]]
    ((value, _),) = values(strategy, thing, f"{BASE}def/targetValue")
    assert Decimal(value) == Decimal(row["value"])
    assert values(strategy, thing, f"{BASE}def/measurability") == [row["measurable"]]
    assert len(values(strategy, thing, f"{BASE}def/needsData")) == row["data_needed_en"].count(";") + 1
    assert len(values(strategy, thing, f"{BASE}def/due")) == row["due"].count(";") + 1


@pytest.mark.parametrize("name", ["targetPopulation", "howMeasured"])
def test_texts_of_targets_are_there_in_both_languages(strategy, name):
    for row in sample("targets"):
        found = values(strategy, f"id/strategy-target/{row['id']}", f"{BASE}def/{name}")
        assert sorted(language for _, language in found) == ["el", "en"]


def test_only_targets_of_change_want_a_base_year():
    for row in sample("targets"):
        assert row["baseline"] == ("not stated" if row["form"] == "change" else "n/a")


def test_units_are_those_of_qudt(strategy):
    units = {"percent": "PERCENT", "count": "NUM", "per year": "NUM-PER-YR", "years between revisions": "YR"}
    for row in sample("targets"):
        thing = f"id/strategy-target/{row['id']}"
        assert values(strategy, thing, "http://qudt.org/schema/qudt/hasUnit") == [units[row["unit"]]]


@pytest.mark.parametrize("row", sample("actions"), ids=lambda row: row["id"])
def test_an_action_says_what_its_row_says(strategy, row):
    thing = f"id/strategy-action/{row['id']}"
    served = sorted(part for part in row["targets"].split(";") if part)
    assert values(strategy, thing, f"{BASE}def/serves") == served
    assert values(strategy, thing, f"{SKOS}broader") == [row["axis"]]
    assert values(strategy, thing, f"{BASE}def/platformRole") == [row["platform_role"]]
    assert len(values(strategy, thing, f"{SKOS}note")) == 2


def test_every_target_that_an_action_serves_exists():
    served = {part for row in sample("actions") for part in row["targets"].split(";") if part}
    assert served <= {row["id"] for row in sample("targets")}


def test_declared_base_years_are_in_the_graph(strategy):
    for code, year in {"1.3": "2015", "3.2": "2014"}.items():
        assert values(strategy, f"id/strategy-base/{code}", f"{BASE}def/baseYear") == [(year, None)]


def test_a_base_year_goes_when_the_setting_goes(tmp_path):
    first = load_strategy(tmp_path, bases={"1.3": 2015})
    assert values(first, "id/strategy-base/1.3", f"{BASE}def/target") == ["1.3"]
    second = load_strategy(tmp_path)
    assert values(second, "id/strategy-base/1.3", f"{BASE}def/target") == []


def test_a_base_year_for_a_target_of_another_form_is_refused_with_its_reason(tmp_path):
    strategy = load_strategy(tmp_path, bases={"1.3": 2015, "2.1": 2016})
    (held,) = held_in(ChangeLog(Layout(strategy.settings.data_dir)), "strategy-bases")
    (reason,) = held.reasons
    assert reason.messages["en"].startswith("A base year is declared for a target of change: 1.3, 3.2")
    assert reason.messages["el"].startswith("Έτος βάσης δηλώνεται για στόχο μεταβολής: 1.3, 3.2")
    assert values(strategy, "id/strategy-base/1.3", f"{BASE}def/baseYear") == [("2015", None)]
    assert values(strategy, "id/strategy-base/2.1", f"{BASE}def/baseYear") == []


FAULTS = {
    "an axis that does not exist": (
        "strategy-targets",
        "targets.tsv",
        "3.5\ttarget\t3\t",
        "3.5\ttarget\t9\t",
    ),
    "a number in words": ("strategy-targets", "targets.tsv", "level\t>=\t70\t", "level\t>=\tmost\t"),
    "data of no list": ("strategy-targets", "targets.tsv", "\tstaff survey\t", "\tgood will\t"),
    "a target served that is none": ("strategy-actions", "actions.tsv", "\t5.1\n", "\tR.1\n"),
    "another sector's title": (
        "strategy-links",
        "links2030.tsv",
        "1β\t1\tΕνεργειακή Εξοικονόμηση",
        "1β\t1\tΑστική Κινητικότητα",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_row_costs_only_itself(tmp_path, fault):
    name, file, old, new = FAULTS[fault]
    folder = tmp_path / "files"
    shutil.copytree(Settings().resources.mappings / name / "sample", folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    found, held = loaded_from(folder, tmp_path / "data", name)
    records = sum(len(table(path)) for path in folder.glob("*.tsv"))
    total, published, quarantined = found[name]
    assert total == records == published + quarantined
    assert Counter(record.file for record in held)[file] == 1
    assert all(
        reason.messages["el"] and reason.messages["en"] for record in held for reason in record.reasons
    )
