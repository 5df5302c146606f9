"""Derived datasets after what goes wrong: kills, bad results, erasure."""

import json
import signal

import pytest
from pyoxigraph import Store
from support.command import in_town
from support.derived import by_decade, counted, counts, found_derived_town
from support.doomed import exit_code, start_load
from support.town import BASE, edit

from kamara.loaders.pipeline import load
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.state import fold
from kamara.sparql.store import graph_iri
from kamara.sparql.versions import Versions

STEPS = (
    "derive.begin",
    "derive.remembered",
    "derive.forgotten",
    "derive.made",
    "commit.synced",
    "commit.renamed",
)
BEFORE = ("1,Παραλία,,2010", "2,Πλατεία,1,2011", "3,Κήπος,1,2012", "4,Στοά,2,2012", "5,Λιμάνι,1,2012")
AFTER = ("1,Παραλία,,2019", "2,Πλατεία,1,2011", "3,Κήπος,1,2012", "5,Λιμάνι,1,2012")


@pytest.fixture
def town(tmp_path):
    town = found_derived_town(tmp_path)
    town.only("benches.csv", *BEFORE)
    town.load()
    return town


def stored(town):
    version = Versions(town.settings).current()
    return {str(quad) for quad in Store.read_only(str(version.store))}


def replayed(town):
    log = ChangeLog(Layout(town.settings.data_dir))
    return {
        f"{line[:-3]} <{graph_iri(BASE, dataset)}>"
        for dataset in log.datasets()
        for line in fold((), log.of(dataset))
    }


def as_counted(town):
    years = counted(town)
    return counts(town, "bench-years") == years and counts(town, "bench-decades") == by_decade(years)


@pytest.mark.parametrize("step", STEPS)
def test_a_killed_load_is_mended_by_the_next_even_when_no_source_is_new(town, step):
    town.only("benches.csv", *AFTER)
    assert exit_code(start_load(town, town.folder / "trace", step)) == -signal.SIGKILL
    town.load()
    assert as_counted(town)
    assert stored(town) == replayed(town)


def test_a_result_that_breaks_its_shape_stops_its_dataset_alone(town):
    before = counts(town, "bench-years")
    town.only("benches.csv", *BEFORE, *(f"{number},Παγκάκι,1,2015" for number in range(10, 30)))
    report = town.load()
    assert "bench-year/2010>: At most twenty." in str(report.failures["bench-years"])
    assert [outcome.dataset for outcome in report.outcomes] == ["benches"]
    assert report.published
    assert counts(town, "bench-years") == before
    status = in_town(town, "status")
    assert "behind: bench-years" in status.out
    town.only("benches.csv", *BEFORE, *(f"{number},Παγκάκι,1,2015" for number in range(10, 20)))
    assert town.load().failures == {}
    assert as_counted(town)
    assert "behind" not in in_town(town, "status", KAMARA_PRIVACY__THRESHOLD="3").out


def test_other_rules_or_parameters_make_all_again(town):
    edit(town.settings.resources.rules / "bench-years" / "result.rq", "COUNT(?bench)", "COUNT(?bench) + 1")
    report = load(town.settings, [])
    assert [outcome.dataset for outcome in report.outcomes] == ["bench-years", "bench-decades"]
    assert counts(town, "bench-years") == {year: number + 1 for year, number in counted(town).items()}
    looser = town.settings.privacy.model_copy(update={"threshold": 1})
    report = load(town.settings.model_copy(update={"privacy": looser}), [])
    assert [outcome.dataset for outcome in report.outcomes] == ["bench-decades"]
    assert counts(town, "bench-decades") == {"2010": 6}


def test_rules_that_cannot_be_used_are_one_line_and_the_sources_are_published(town):
    rules = town.settings.resources.rules
    edit(rules / "bench-years" / "result.rq", "GROUP BY ?year", "GROUP BY")
    edit(rules / "bench-decades" / "derived.toml", 'from = ["bench-years"]', 'from = ["bench-decades"]')
    town.only("benches.csv", *AFTER)
    report = town.load()
    assert "result.rq: is not SPARQL" in str(report.failures["bench-years"])
    assert "is made from itself" in str(report.failures["bench-decades"])
    assert report.published
    # The same process can load again: no failure keeps the store open.
    assert load(town.settings, []).failures.keys() == report.failures.keys()


def test_a_result_that_no_change_would_touch_is_refused(town):
    edit(town.settings.resources.rules / "bench-years" / "result.rq", "bench-year/", "bench-year/of-")
    failure = load(town.settings, []).failures["bench-years"]
    assert "which affected.rq does not name" in str(failure)


def test_erasing_a_thing_takes_out_what_was_ever_made_with_it(town):
    in_town(town, "pin", "1")
    town.only("benches.csv", *AFTER)
    town.load()
    answer = in_town(town, "erase", f"{BASE}id/bench/3", KAMARA_PRIVACY__THRESHOLD="3")
    assert answer.code == 0, answer.err
    assert "bench-years" in answer.out
    town.only("benches.csv", *(row for row in AFTER if not row.startswith("3,")))
    years = counted(town)
    assert counts(town, "bench-years") == years == {"2019": 2}
    assert counts(town, "bench-decades") == by_decade(years)
    # What stood in 2010 held the erased thing too: it is not in the pinned version any more.
    pinned = Store.read_only(str(Versions(town.settings).get(1).store))
    results = {quad.subject.value.rsplit("/", 1)[-1] for quad in pinned if "bench-year/" in str(quad.subject)}
    assert results == {"2011"}
    assert stored(town) == replayed(town)


def test_a_derived_dataset_says_what_it_comes_from(town):
    (described,) = [
        line
        for line in (str(quad) for quad in Store.read_only(str(Versions(town.settings).current().store)))
        if "wasDerivedFrom" in line and "dataset/bench-years>" in line.split(" ")[0]
    ]
    assert f"<{BASE}dataset/benches>" in described
    state = json.loads(in_town(town, "status", "--json").out)
    assert {"bench-years", "bench-decades"} <= {item["dataset"] for item in state["datasets"]}
