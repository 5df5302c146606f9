"""What was taken apart into readings is erased from the raw files too, and only that."""

import shutil

import pytest
from support.command import kamara
from support.traces import places_that_hold

from kamara.config import Settings
from kamara.loaders.pipeline import load
from kamara.loaders.source import choose, read_sources
from kamara.resources import DEFAULT_BASE, bundled

# A row of the sheet of station 901, the thing that it describes, and a row that stays.
ROW, DOOMED, OTHER = "2012-12-20", "air-quality-record/901~2012-12-20", "2012-12-21"


@pytest.fixture
def data(tmp_path):
    """A data folder with the sample of air-quality, each file of it with a name of its own."""
    place = tmp_path / "sheets"
    shutil.copytree(bundled().mappings / "air-quality" / "sample", place)
    settings = Settings(data_dir=tmp_path / "data")
    sources = choose(read_sources(settings.resources), ["air-quality"])
    assert load(settings, sources, place).failures == {}
    return settings.data_dir


def rows(data, day):
    """The raw files in which a row of this day stands."""
    return places_that_hold(data / "raw", [f",{day},"])


def test_the_row_of_an_erased_record_leaves_the_sheet_and_the_others_stay(data, tmp_path):
    before = rows(data, ROW)
    assert before
    answer = kamara("--data", data, "erase", f"{DEFAULT_BASE}id/{DOOMED}", folder=tmp_path)
    assert answer.code == 0, answer.err
    # The other station's row of that day stays.
    assert len(rows(data, ROW)) == len(before) - 1
    assert len(rows(data, OTHER)) == len(before)
