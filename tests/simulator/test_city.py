import hashlib
import json
import re
import tomllib

import pytest

from kamara.errors import UsageError
from kamara.resources import bundled
from kamara.simulator.city import simulate
from kamara.simulator.counts import counts_at
from kamara.simulator.numbers import firm_afm
from kamara.simulator.rates import read_rates
from kamara.simulator.work import Work


def content(folder):
    """Path -> sha256 of every file, the folder's own name left out."""
    name = str(folder).encode()
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes().replace(name, b"")).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small") / "city"
    simulate(folder, 0.01, 1, bundled())
    return folder


def test_the_same_scale_and_seed_give_the_same_bytes(small, tmp_path):
    simulate(tmp_path / "again", 0.01, 1, bundled())
    assert content(tmp_path / "again") == content(small)


def test_another_seed_gives_another_city(small, tmp_path):
    simulate(tmp_path / "other", 0.01, 2, bundled())
    other, same = content(tmp_path / "other"), content(small)
    lists = {"council/bodies.csv", "organizational-units/units-6114.json", "open311-services/services.json"}
    lists |= {"improvemycity/categories.json", "improvemycity/steps.json"}
    data = {name for name in same if "/" in name} - lists
    assert {name for name in data if other.get(name) == same[name]} == set()


def test_a_city_of_scale_one_is_as_large_as_promised():
    counts = counts_at(1)
    assert (counts.stations, counts.reports, counts.decisions, counts.monuments) == (20, 4000, 2000, 100)
    assert (counts.budget_days, counts.station_days) == (261, 365)


def test_the_settings_call_every_source_simulated_and_keep_to_a_data_folder_of_their_own(small):
    told = tomllib.loads((small / "kamara.toml").read_text("utf-8"))
    assert told["data_dir"] == str(small / "data")
    assert all(source["simulated"] for source in told["sources"].values())
    assert set(told["sources"]) == {path.name for path in small.iterdir() if path.is_dir()}


def test_the_folder_says_in_both_languages_that_it_is_simulated(small):
    notice = (small / "SIMULATED.txt").read_text("utf-8")
    assert "ΠΡΟΣΟΜΟΙΩΜΕΝΑ ΔΕΔΟΜΕΝΑ" in notice
    assert "SIMULATED DATA" in notice
    assert "0.01" in notice


def test_what_is_expected_adds_up(small):
    for told in json.loads((small / "expected.json").read_text("utf-8")).values():
        assert told["records"] == told["published"] + sum(told["quarantined"].values())
        assert told["records"] > 0


def test_a_folder_that_holds_something_is_not_written_into(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="is not empty"):
        simulate(tmp_path, 0.01, 1, bundled())


@pytest.mark.parametrize("scale", [0, -1, float("nan")])
def test_a_city_needs_a_size(scale, tmp_path):
    with pytest.raises(UsageError, match="nothing in it"):
        simulate(tmp_path / "city", scale, 1, bundled())


@pytest.mark.parametrize("rate", read_rates())
def test_a_case_has_its_part_of_a_few_things_too(rate, tmp_path):
    work = Work(tmp_path, 1, counts_at(1), read_rates(), bundled())
    cases, of = work.rates[rate].share.as_integer_ratio()
    numbers = work.random("things")
    for _ in range(2):
        assert sum(work.falls(numbers, rate) for _ in range(of)) == cases


def test_no_tax_number_of_a_firm_is_valid():
    for number in range(0, 99999, 7):
        afm = firm_afm(number)
        total = sum(int(digit) << (8 - at) for at, digit in enumerate(afm[:8]))
        assert re.fullmatch(r"99\d{7}", afm)
        assert int(afm[8]) != total % 11 % 10
