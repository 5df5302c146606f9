from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.days import DATE, FIRST, TERMS, TYPES, day_lines
from support.town import BASE, found_town

from kamara.config import SourceSettings
from kamara.loaders.history import DayFile, Groups, merge_day
from kamara.loaders.pipeline import load
from kamara.loaders.source import read_sources
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.state import States


def merged(known, day, values, held_back=()):
    names = [f"<{BASE}id/state/{series}~{day}>" for series in held_back]
    return list(merge_day(known, DayFile(day, day_lines(day, values), names), Groups(TYPES), TERMS))


def states(lines):
    """Series -> [(first day, last day or None, value, current)], in order of days."""
    found = {}
    for line in lines:
        name, predicate, value = line[:-3].split(" ", 2)
        series, day = name[:-1].removeprefix(f"<{BASE}id/state/").rsplit("~", 1)
        found.setdefault(series, {}).setdefault(day, {})[predicate.rsplit("/", 1)[-1][:-1]] = value
    return {
        series: [
            (
                day,
                parts["validThrough"][1:11] if "validThrough" in parts else None,
                parts["value"].strip('"'),
                any(key.endswith("type") for key in parts),
            )
            for day, parts in sorted(days.items())
        ]
        for series, days in found.items()
    }


DAYS = st.lists(
    st.dictionaries(st.sampled_from("abc"), st.sampled_from("12"), max_size=3), min_size=1, max_size=6
)


def told(days):
    known = []
    for number, values in enumerate(days):
        known = merged(known, FIRST + timedelta(days=number), values)
    return known


@given(DAYS)
def test_as_of_each_day_gives_that_days_file(days):
    history = states(told(days))
    for number, values in enumerate(days):
        day = (FIRST + timedelta(days=number)).isoformat()
        as_of = {
            series: value
            for series, periods in history.items()
            for first, last, value, _ in periods
            if first <= day and (last is None or last >= day)
        }
        assert as_of == values


@given(DAYS)
def test_the_current_states_are_those_of_the_last_file(days):
    current = {
        series: value for series, periods in states(told(days)).items() for _, _, value, now in periods if now
    }
    assert current == days[-1]


@given(DAYS)
def test_a_new_state_stands_only_where_the_value_changed(days):
    for periods in states(told(days)).values():
        for (_, last, value, _), (first, _, following, _) in pairwise(periods):
            gap = date.fromisoformat(first) - date.fromisoformat(last)
            assert value != following or gap.days > 1


@given(DAYS)
def test_lines_come_out_sorted_and_once(days):
    lines = told(days)
    assert lines == sorted(set(lines))


@given(DAYS, st.dictionaries(st.sampled_from("abc"), st.sampled_from("12")))
def test_a_day_loaded_again_replaces_what_it_had_said(days, corrected):
    last = FIRST + timedelta(days=len(days) - 1)
    assert merged(told(days), last, corrected) == told([*days[:-1], corrected])


def test_a_series_held_back_keeps_its_state_marked_stale_until_it_is_good_again():
    known = merged([], FIRST, {"a": "1", "b": "1"})
    second, third = FIRST + timedelta(days=1), FIRST + timedelta(days=2)
    held = merged(known, second, {"b": "1"}, held_back=["a"])
    stale = f'<{BASE}id/state/a~{FIRST}> <{BASE}def/staleSince> "{second}"^^<{DATE}> .\n'
    assert set(held) - set(known) == {stale}
    assert merged(held, third, {"b": "1"}, held_back=["a"]) == held
    assert merged(held, third, {"a": "1", "b": "1"}) == known


@pytest.fixture
def town(tmp_path):
    return found_town(tmp_path, mode="history")


def test_days_are_loaded_in_order_one_change_set_each(town):
    town.write("2016-04-01.csv", "1,Παραλία,,", "2,Πλατεία,,")
    town.write("2016-04-02.csv", "1,Παραλία,,", "2,Πάρκο,,")
    outcomes = town.load().outcomes[1:]
    assert [outcome.day for outcome in outcomes] == ["2016-04-01", "2016-04-02"]
    assert town.load().outcomes == []
    assert town.labels() == {"1~2016-04-01": "Παραλία", "2~2016-04-01": "Πλατεία", "2~2016-04-02": "Πάρκο"}


def test_a_day_gone_by_is_refused(town):
    town.only("2016-04-02.csv", "1,Παραλία,,")
    town.load()
    town.only("2016-04-01.csv", "1,Λιμάνι,,")
    failure = town.load().failures["benches"]
    assert "is of 2016-04-01, but benches already stands at 2016-04-02" in str(failure)


def test_a_day_without_changes_is_recorded_and_moves_the_datasets_last_day(town):
    town.only("2016-04-01.csv", "1,Παραλία,,")
    town.load()
    before = town.lines()
    town.only("2016-04-02.csv", "1,Παραλία,,")
    (outcome,) = town.load().outcomes
    assert (outcome.counts.added, outcome.counts.removed) == (1, 1)
    assert town.lines() == before


def test_a_changed_mapping_derives_all_days_again_from_the_kept_snapshots(town):
    town.only("2016-04-01.csv", "1,Παραλία,,5", "2,Πλατεία,,6")
    town.load()
    town.only("2016-04-02.csv", "1,Πάρκο,,5", "2,Πλατεία,,6")
    town.load()
    mapping = town.source_folder / "mapping.rml.ttl"
    mapping.write_text(mapping.read_text().replace("kam:since", "kam:builtIn"))
    (outcome,) = town.load().outcomes
    assert outcome.counts.removed == outcome.counts.added == 3
    assert sum("def/builtIn" in line for line in town.lines()) == 3
    assert len(town.labels()) == 3


def test_a_file_whose_name_gives_no_day_is_refused(town):
    town.only("yesterday.csv", "1,Παραλία,,")
    assert "its name gives no valid day" in str(town.load().failures["benches"])


def test_samples_and_real_files_do_not_stand_in_one_history(town):
    sample = town.source_folder / "sample"
    sample.mkdir()
    (sample / "2016-04-01.csv").write_text("key,name,next,since\n1,Παραλία,,\n")
    sources = list(read_sources(town.settings.resources).values())
    assert load(town.settings, sources).failures == {}
    town.only("2016-04-02.csv", "1,Πάρκο,,")
    assert "not all samples, all simulated or all real" in str(town.load().failures["benches"])
    assert town.labels() == {"1~2016-04-01": "Παραλία"}


def test_what_the_settings_call_simulated_says_so_and_does_not_mix_with_real_files(town):
    told = SourceSettings(path=town.files, simulated=True)
    settings = town.settings.model_copy(update={"sources": {"benches": told}})
    sources = list(read_sources(settings.resources).values())
    town.only("2016-04-01.csv", "1,Παραλία,,5")
    assert load(settings, sources).failures == {}
    layout = Layout(settings.data_dir)
    own = [line for line in States(layout, ChangeLog(layout)).read("benches") if "/dataset/benches>" in line]
    assert sum('/def/simulated> "true"' in line for line in own) == 1
    assert sum("Simulated files, in the format of" in line for line in own) == 1
    town.only("2016-04-02.csv", "1,Πάρκο,,")
    assert "not all samples, all simulated or all real" in str(town.load().failures["benches"])
    assert town.labels() == {"1~2016-04-01": "Παραλία"}
