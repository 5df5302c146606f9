"""A citizen's report erased: from JSON and from XML, whether it was public or held back."""

import shutil

import pytest
from support.command import kamara
from support.reports import BASE, change_issue, sample, sample_copy
from support.traces import places_that_hold

from kamara.config import Settings
from kamara.loaders.pipeline import load
from kamara.loaders.source import choose, read_sources

SECRET = "Μυστικό Κείμενο"
OTHERS = {"improvemycity": "report/3", "open311-requests-xml": "open311-xml-report/SIM-2026-X2"}


def load_from(data, name, place=None):
    """Load a source from a place, or its sample."""
    settings = Settings(data_dir=data)
    assert load(settings, choose(read_sources(settings.resources), [name]), place).failures == {}


@pytest.fixture(scope="module")
def boundaries(tmp_path_factory):
    """A data folder with the boundaries that reports need."""
    data = tmp_path_factory.mktemp("boundaries") / "data"
    load_from(data, "municipal-boundaries")
    return data


@pytest.fixture
def data(boundaries, tmp_path):
    """A copy of it."""
    return shutil.copytree(boundaries, tmp_path / "data")


def issue(folder, number):
    """A sample of ImproveMyCity in which an issue has secret text."""
    place = sample_copy("improvemycity", folder)
    change_issue(place, number, title=SECRET, description=SECRET)
    return place


def request(folder):
    """A sample of Open311 in XML in which a request has secret text."""
    place = folder / "requests"
    shutil.copytree(sample("open311-requests-xml"), place)
    text = (place / "requests.xml").read_text(encoding="utf-8")
    (place / "requests.xml").write_text(text.replace("Προσομοίωση", SECRET, 1), encoding="utf-8")
    return place


CASES = {
    "public": ("improvemycity", lambda folder: issue(folder, 1), "report/1"),
    "held back": ("improvemycity", lambda folder: issue(folder, 6), "report/6"),
    "XML": ("open311-requests-xml", request, "open311-xml-report/SIM-2026-X1"),
}


@pytest.mark.parametrize("case", CASES)
def test_no_byte_of_an_erased_report_stays_and_it_does_not_come_back(data, tmp_path, case):
    name, write, doomed = CASES[case]
    place = write(tmp_path)
    words = (SECRET, f"id/{doomed}>", f"id/{doomed}~")
    load_from(data, name, place)
    assert kamara("--data", data, "pin", "1", folder=tmp_path).code == 0
    assert places_that_hold(data, words)
    answer = kamara("--data", data, "erase", f"{BASE}id/{doomed}", folder=tmp_path)
    assert f"erased from {name}" in answer.out
    assert places_that_hold(data, words) == set()
    assert places_that_hold(data, [f"id/{OTHERS[name]}>"])
    load_from(data, name, place)
    assert places_that_hold(data, words) == set()
    assert places_that_hold(data, [f"id/{OTHERS[name]}>"])
