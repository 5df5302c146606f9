"""Setting aside what ended for good changes nothing: days taken in so give what days taken in whole give."""

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from support.days import FIRST, TERMS, TYPES, day_lines
from support.strategy import write_budget

from kamara.config import Settings, SourceSettings
from kamara.loaders.history import DayFile, merge_day
from kamara.loaders.pipeline import load
from kamara.loaders.source import choose, read_sources
from kamara.loaders.standing import Standing
from kamara.sparql import lines
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.state import States

SERIES = st.sampled_from("abcd")
# A step of no day: the same day again, with another file.
DAYS = st.lists(
    st.tuples(
        st.integers(0, 3), st.dictionaries(SERIES, st.sampled_from("123")), st.sets(SERIES, max_size=1)
    ),
    max_size=7,
)


def files(days):
    day = FIRST
    for step, values, held in days:
        day += timedelta(days=step)
        names = [f"<{TYPES[0]}{series}~{day}>" for series in held if series not in values]
        yield day, DayFile(day, day_lines(day, values), names)


@given(DAYS)
def test_days_with_what_ended_set_aside_give_what_whole_days_give(days):
    whole = []
    with tempfile.TemporaryDirectory() as folder:
        standing = Standing((), TYPES, Path(folder))
        for day, file in files(days):
            whole = list(merge_day(whole, file, TYPES, TERMS))
            standing.set_aside(day)
            made = list(merge_day(standing.open(), file, TYPES, TERMS))
            assert standing.ended_lines + len(made) == len(whole)
            with lines.writing(Path(folder) / "made") as text:
                text.writelines(made)
            standing.become(Path(folder) / "made")
            assert list(standing.whole()) == whole
        standing.rejoin()
        assert list(standing.open()) == whole
        standing.close()
        assert list(Path(folder).iterdir()) == []


def test_what_still_holds_is_never_set_aside(tmp_path):
    standing = Standing(day_lines(FIRST, {"a": "1"}), TYPES, tmp_path)
    standing.set_aside(FIRST + timedelta(days=900))
    assert standing.ended_lines == 0
    assert list(standing.open()) == day_lines(FIRST, {"a": "1"})


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
        settings = Settings(data_dir=data, sources={"budget-expenditure": SourceSettings(path=place)})
        report = load(settings, choose(read_sources(settings.resources), ["budget-expenditure"]))
        assert report.failures == {}
    layout = Layout(data)
    log = ChangeLog(layout)
    change_sets = [
        (item.manifest.day, list(item.adds()), list(item.removes()), item.manifest.counts)
        for item in log.of("budget-expenditure")
    ]
    return change_sets, list(States(layout, log).read("budget-expenditure"))
