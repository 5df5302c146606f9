"""A day taken in by what it changes leaves what a day taken in whole leaves."""

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.days import FIRST
from support.strategy import write_budget
from support.town import BASE, edit, found_town

from kamara.config import Settings, SourceSettings
from kamara.loaders.days import Days
from kamara.loaders.derive import open_deriver
from kamara.loaders.pipeline import load
from kamara.loaders.quarantine import read_held
from kamara.loaders.snapshots import SourceFile
from kamara.loaders.source import choose, read_sources
from kamara.sparql import lines
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.state import States
from kamara.sparql.watcher import Watcher

PLACES = Path(__file__).parents[1] / "support" / "places-of-benches.ttl"

# Benches and the place of the one that each stands next to. A name of two letters is too short; two names of
# one bench are one too many; a record of three fields is malformed.
ROWS = st.sampled_from(
    [
        "a,Πλατεία,b,1990",
        "a,Πλατεία,b,1991",
        "a,Άλλο όνομα,b,1990",
        "b,Πάρκο,c,1990",
        "b,Πά,c,1990",
        "c,Λιμάνι,a,1990",
        "c,Λι,a,1990",
        "d,Λιμάνι,b",
    ]
)
# A step of no day: the same day again, with another file.
DAYS = st.lists(st.tuples(st.integers(0, 2), st.lists(ROWS, max_size=5)), min_size=2, max_size=6)


@pytest.fixture(scope="module")
def benches(tmp_path_factory):
    """The source of a town's benches, a history, and what derives it, in an empty data folder."""
    town = found_town(tmp_path_factory.mktemp("town"), mode="history")
    edit(town.source_folder / "mapping.rml.ttl", "id/bench/{next}", "id/place/{next}")
    edit(town.source_folder / "source.toml", 'owns = ["bench"]', 'owns = ["bench", "place"]')
    with (town.source_folder / "mapping.rml.ttl").open("a", encoding="utf-8") as mapping:
        mapping.write(PLACES.read_text(encoding="utf-8"))
    layout = Layout(town.settings.data_dir)
    layout.prepare(BASE)
    source = read_sources(town.settings.resources)["benches"]
    states = States(layout, ChangeLog(layout))
    return source, BASE, open_deriver(source, town.settings, states, layout.scratch, Watcher())


def write(folder, day, rows):
    """A day's file."""
    path = folder / f"{day}.csv"
    path.write_text("\n".join(["key,name,next,since", *rows]) + "\n", encoding="utf-8")
    return SourceFile(path, {"file.day": f"{day}"}, day)


def told(day):
    """The counts of a day and what it holds back."""
    derived = day.derived
    held = [read_held(line) for line in lines.read(derived.held)] if derived.held else []
    return derived.records, derived.quarantined, derived.held_back, held, day.triples


@settings(max_examples=150, deadline=None)
@given(DAYS)
def test_days_taken_in_by_their_changes_give_what_whole_days_give(benches, days):
    source, base, deriver = benches
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        by_changes = Days(source, base, deriver, (), folder)
        whole, day = [], FIRST
        for step, rows in days:
            day += timedelta(days=step)
            file = write(folder, day, rows)
            alone = Days(source, base, deriver, whole, folder)
            expected = told(alone.take(file))
            whole = list(alone.whole())
            alone.close()
            assert told(by_changes.take(file)) == expected
            assert list(by_changes.whole()) == whole
        by_changes.close()


def test_only_what_changed_is_looked_at_again(benches, tmp_path):
    source, base, deriver = benches
    days = Days(source, base, deriver, (), tmp_path)
    days.take(write(tmp_path, FIRST, ["a,Πλατεία,b,1990", "b,Πάρκο,c,1990"]))
    day = days.take(write(tmp_path, FIRST + timedelta(days=1), ["a,Πλατεία,b,1990", "b,Πάρκο,c,1991"]))
    assert not any("/bench/a~" in line for line in lines.read(day.after))
    assert any("/bench/b~" in line for line in lines.read(day.after))
    assert day.derived.records == 2
    days.close()


def test_many_days_at_once_leave_the_log_that_they_leave_one_by_one(tmp_path):
    days = {
        "d2016_04_01": {"6222.01.01": 10, "6471.01.01": 5},
        "d2016_04_04": {"6222.01.01": 20, "6471.01.01": 5},
        "d2016_04_05": {"6471.01.01": 7},
        "d2016_04_06": {"6222.01.01": 20, "6471.01.01": 7},
        "d2016_04_08": {"6222.01.01": 20, "no code": 1},
    }
    at_once = loaded(tmp_path / "once", [write_budget(tmp_path / "all", **days)])
    steps = [write_budget(tmp_path / day, **{day: paid}) for day, paid in days.items()]
    one_by_one = loaded(tmp_path / "steps", steps)
    assert at_once == one_by_one
    assert len(at_once[0]) == len(days)


def loaded(data, places):
    """Of a budget loaded from these places in turn: its change sets with their counts, and its state."""
    for place in places:
        settings_ = Settings(data_dir=data, sources={"budget-expenditure": SourceSettings(path=place)})
        report = load(settings_, choose(read_sources(settings_.resources), ["budget-expenditure"]))
        assert report.failures == {}
    layout = Layout(data)
    log = ChangeLog(layout)
    change_sets = [
        (item.manifest.day, list(item.adds()), list(item.removes()), item.manifest.counts)
        for item in log.of("budget-expenditure")
    ]
    return change_sets, list(States(layout, log).read("budget-expenditure"))
