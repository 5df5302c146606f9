"""Erasure: afterwards no byte under the data folder holds the thing, and it does not come back."""

import signal

import pytest
from pyoxigraph import Store
from support.command import in_town
from support.doomed import exit_code, start_erasure
from support.town import BASE, found_town
from support.traces import places_that_hold

from kamara.sparql.layout import Layout
from kamara.sparql.versions import Versions

DOOMED = f"{BASE}id/bench/κρυφό"
SECRETS = ("κρυφό", "Μυστικό")


def hold(town, *rows):
    town.write("benches.csv", *rows)
    town.load()


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    """A town whose log, quarantine, raw snapshots and versions (one pinned) hold the thing."""
    town = found_town(tmp_path_factory.mktemp("town"))
    hold(town, "1,Παραλία,,", "κρυφό,Μυστικό Α,1,2020", "2,Πλατεία,κρυφό,")
    in_town(town, "pin", "1")
    hold(town, "1,Παραλία,,", "κρυφό,Μυστικό Β,1,2021", "2,Πλατεία,κρυφό,")
    hold(town, "1,Παραλία,,", '"κρυφό","","Μυστικό Γ"', "2,Πλατεία,1,")
    return town


@pytest.fixture
def town(original, tmp_path):
    """A copy of that town."""
    return original.copy(tmp_path)


def test_no_byte_under_the_data_folder_holds_it_afterwards(town):
    harvested = Layout(town.settings.data_dir).attempt("benches") / "group" / "page"
    harvested.parent.mkdir(parents=True)
    harvested.write_text(SECRETS[0], encoding="utf-8")
    assert places_that_hold(town.settings.data_dir, SECRETS)
    answer = in_town(town, "erase", DOOMED)
    assert "erased from benches" in answer.out
    assert places_that_hold(town.settings.data_dir, SECRETS) == set()


def test_states_and_parts_go_with_the_thing(tmp_path):
    town = found_town(tmp_path, mode="history")
    town.only("2016-04-01.csv", "κρυφό,Μυστικό Α,,", "1,Παραλία,,")
    town.load()
    town.only("2016-04-02.csv", "κρυφό,Μυστικό Β,,", "1,Παραλία,,")
    town.load()
    in_town(town, "erase", DOOMED)
    assert places_that_hold(town.settings.data_dir, SECRETS) == set()
    assert town.labels() == {"1~2016-04-01": "Παραλία"}


def test_the_rest_stays_as_it_was(town):
    in_town(town, "erase", DOOMED)
    assert town.labels() == {"1": "Παραλία", "2": "Πλατεία"}
    assert in_town(town, "rebuild").code == 0
    assert town.labels() == {"1": "Παραλία", "2": "Πλατεία"}


def test_pinned_versions_keep_their_numbers_and_lose_the_thing(town):
    in_town(town, "erase", DOOMED)
    pinned = Versions(town.settings).get(1)
    assert pinned.pinned
    dumped = "\n".join(map(str, Store.read_only(str(pinned.store))))
    assert "Πλατεία" in dumped
    assert Versions(town.settings).current().number == 4


def test_it_does_not_come_back_with_its_file(town):
    in_town(town, "erase", DOOMED)
    rows = ("1,Παραλία,,", "κρυφό,Μυστικό Δ,1,2022", "2,Πλατεία,κρυφό,", "3,Κήπος,,")
    town.write("benches.csv", *rows)
    answer = in_town(town, "load", "benches", "--from", town.files)
    assert "3 of 4 records, 1 in quarantine" in answer.out
    assert "was erased" in in_town(town, "quarantine", "list").out
    assert places_that_hold(town.settings.data_dir, SECRETS) == set()
    assert town.labels() == {"1": "Παραλία", "2": "Πλατεία", "3": "Κήπος"}
    again = in_town(town, "load", "benches", "--from", town.files)
    assert again.out.startswith("nothing changed")


def test_a_restored_backup_still_knows_what_was_erased(town):
    in_town(town, "backup", "safe")
    in_town(town, "erase", DOOMED)
    in_town(town, "backup", "safe")
    assert places_that_hold(town.folder / "safe", SECRETS) == set()
    in_town(town, "--data", "again", "restore", "safe")
    hold(town, "1,Παραλία,,", "κρυφό,Μυστικό Ε,1,2022", "2,Πλατεία,1,")
    in_town(town, "--data", "again", "load", "benches", "--from", town.files)
    assert places_that_hold(town.folder / "again", SECRETS) == set()


@pytest.mark.parametrize("step", ["erase.begin", "erase.tombstone", "erase.scrubbed", "erase.versions"])
def test_an_erasure_that_was_killed_is_finished_before_anything_else(town, step):
    killed = start_erasure(town, DOOMED, town.folder / "trace", step)
    assert exit_code(killed) == -signal.SIGKILL
    refused = in_town(town, "load", "benches", "--from", town.files)
    assert "an erasure was cut short" in refused.refusal
    assert in_town(town, "erase", "--resume").code == 0
    assert places_that_hold(town.settings.data_dir, SECRETS) == set()
    assert town.labels() == {"1": "Παραλία", "2": "Πλατεία"}


def test_what_nothing_mentions_is_refused_and_nothing_is_touched(town):
    before = Versions(town.settings).all()
    assert "nothing mentions" in in_town(town, "erase", f"{BASE}id/bench/77").refusal
    assert Versions(town.settings).all() == before
    assert "no erasure was cut short" in in_town(town, "erase", "--resume").refusal
