"""The law of derived datasets: made again bit by bit they are what they would be, made from nothing."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.derived import by_decade, counted, counts, found_derived_town

from kamara.loaders.derivation import making
from kamara.loaders.pipeline import load
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.rebuild import rebuild
from kamara.sparql.state import States, fold
from kamara.sparql.versions import Versions

KEYS = st.sampled_from("123456")
YEARS = st.sampled_from(["1999", "2008", "2009", "2010", ""])
FILES = st.dictionaries(KEYS, st.tuples(KEYS, YEARS), min_size=3)
HISTORIES = st.lists(FILES, min_size=2, max_size=5)
DERIVED = ("bench-years", "bench-decades")


def write(town, benches):
    return town.only(
        "benches.csv", *(f"{key},Παγκάκι,{beside},{year}" for key, (beside, year) in benches.items())
    )


def lines_of(town, dataset):
    layout = Layout(town.settings.data_dir)
    return list(States(layout, ChangeLog(layout)).read(dataset))


def load_all(town, history):
    for benches in history:
        write(town, benches)
        report = town.load()
        assert report.failures == {}
        yield


@pytest.mark.parametrize("most_removed", [0, making.MOST_REMOVED])
@settings(max_examples=20)
@given(history=HISTORIES)
def test_whatever_changes_the_results_are_those_of_the_file_as_it_stands(most_removed, history):
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr("kamara.loaders.derivation.running.MOST_REMOVED", most_removed)
        patch.setattr("kamara.loaders.derivation.rule._CHANGED_AT_A_TIME", 2)
        patch.setattr("kamara.loaders.derivation.results._BATCH", 1)
        town = found_derived_town(Path(folder) / "town")
        for _ in load_all(town, history):
            years = counted(town)
            assert counts(town, "bench-years") == years
            assert counts(town, "bench-decades") == by_decade(years)


@settings(max_examples=20)
@given(history=HISTORIES)
def test_bit_by_bit_equals_from_nothing_and_replayed_from_the_log(history):
    with tempfile.TemporaryDirectory() as folder:
        town, fresh = found_derived_town(Path(folder) / "town"), found_derived_town(Path(folder) / "fresh")
        for _ in load_all(town, history):
            pass
        for _ in load_all(fresh, history[-1:]):
            pass
        log = ChangeLog(Layout(town.settings.data_dir))
        for dataset in DERIVED:
            assert lines_of(town, dataset) == lines_of(fresh, dataset)
            assert lines_of(town, dataset) == list(fold((), log.of(dataset)))


def test_a_rebuilt_store_holds_the_same(tmp_path):
    town = found_derived_town(tmp_path / "town")
    for _ in load_all(town, [{"1": ("2", "2010"), "2": ("1", "2011"), "3": ("1", "2010")}]):
        quads = Versions(town.settings).current().quads
    assert rebuild(town.settings).quads == quads
    assert counts(town, "bench-years") == {"2010": 2, "2011": 1}


def test_what_is_loaded_already_is_not_derived_again(tmp_path):
    town = found_derived_town(tmp_path / "town")
    history = [{"1": ("2", "2010"), "2": ("1", "2011"), "3": ("1", "2010")}]
    for _ in load_all(town, history * 2):
        pass
    report = load(town.settings, [])
    assert (report.outcomes, report.published) == ([], False)
