"""The commands of the store, each as a person types it."""

import gzip
import json

import pytest
from support.command import in_town
from support.town import found_town


@pytest.fixture
def town(tmp_path):
    """A town with three published versions."""
    town = found_town(tmp_path)
    for name in ("Παραλία", "Πλατεία", "X"):
        town.write("benches.csv", f"1,{name},,", "2,Πάρκο,1,")
        town.load()
    return town


def current(town):
    return json.loads(in_town(town, "status", "--json").out)["version"]["number"]


def test_load_says_what_it_did_and_then_that_there_is_nothing_to_do(town):
    town.write("benches.csv", "1,Λιμάνι,,", "2,Πάρκο,1,")
    first = in_town(town, "load", "benches", "--from", town.files)
    assert "benches: 2 of 2 records" in first.out
    assert "published version 4" in first.out
    again = in_town(town, "load", "benches", "--from", town.files)
    assert again.out.splitlines() == [
        "nothing changed: every file is loaded already",
        first.out.splitlines()[-1].replace("published", "still at"),
    ]


def test_a_source_that_cannot_be_described_does_not_stop_the_others(town):
    broken = town.settings.resources.mappings / "trees"
    broken.mkdir()
    (broken / "source.toml").write_text("name = ")
    town.write("benches.csv", "1,Λιμάνι,,", "2,Πάρκο,1,")
    named = in_town(town, "load", "benches", "--from", town.files)
    assert (named.code, "2 of 2 records" in named.out) == (0, True)
    assert "trees/source.toml: is not TOML" in in_town(town, "load", "trees").refusal
    configured = {"KAMARA_SOURCES": json.dumps({"benches": {"path": str(town.files)}})}
    everything = in_town(town, "load", **configured)
    assert (everything.code, "trees/source.toml: is not TOML" in everything.refusal) == (3, True)


def test_the_second_engine_holds_back_the_same(town):
    rows = ("1,Λιμάνι,,", "2,X,1,", "3,Κήπος,2,")
    town.write("benches.csv", *rows)
    loaded = in_town(town, "load", "benches", "--from", town.files, "--engine", "pyshacl")
    assert "2 of 3 records, 1 in quarantine" in loaded.out
    by_pyshacl = in_town(town, "quarantine", "list").out
    town.write("benches.csv", *rows, "4,Πάρκο,,")
    in_town(town, "load", "benches", "--from", town.files, "--engine", "shacl")
    assert in_town(town, "quarantine", "list").out == by_pyshacl


def test_status_counts_records_published_and_held_back(town):
    state = json.loads(in_town(town, "status", "--json").out)
    benches = next(item for item in state["datasets"] if item["dataset"] == "benches")
    assert (benches["records"], benches["published"], benches["quarantined"], benches["stale"]) == (
        2,
        1,
        1,
        1,
    )
    assert "benches" in in_town(town, "status").out


def test_versions_rollback_and_the_next_load(town):
    assert in_town(town, "versions").out.count("\n") == 4
    assert in_town(town, "rollback", "1").code == 0
    assert current(town) == 1
    assert in_town(town, "load", "benches", "--from", town.files).code == 0
    assert current(town) == 4


def test_rollback_to_a_version_that_is_not_there(town):
    answer = in_town(town, "rollback", "9")
    assert (answer.code, "there is no version 9" in answer.refusal) == (1, True)


def test_pinned_versions_outlive_gc(town):
    assert in_town(town, "pin", "1").code == 0
    assert in_town(town, "gc", KAMARA_VERSIONS__KEEP="1").out == "removed 2\n"
    assert "pinned" in in_town(town, "versions").out
    in_town(town, "unpin", "1")
    assert in_town(town, "gc", KAMARA_VERSIONS__KEEP="1").out == "removed 1\n"
    assert in_town(town, "gc", KAMARA_VERSIONS__KEEP="1").out == "nothing to remove\n"


def test_rebuild_publishes_the_same_from_the_log(town):
    in_town(town, "export", "before.nq")
    assert "from 4 change sets" in in_town(town, "rebuild").out
    in_town(town, "export", "after.nq")
    before, after = ((town.folder / name).read_text().splitlines() for name in ("before.nq", "after.nq"))
    assert sorted(before) == sorted(after)


def test_export_writes_what_its_suffix_says(town):
    in_town(town, "export", "city.nq")
    in_town(town, "export", "city.nq.gz")
    assert (
        gzip.decompress((town.folder / "city.nq.gz").read_bytes()) == (town.folder / "city.nq").read_bytes()
    )
    assert in_town(town, "export", "city.trig.zst", "--version", "1").code == 0


def test_export_refuses_a_suffix_it_does_not_know_and_touches_nothing(town):
    answer = in_town(town, "export", "city.xlsx")
    assert ("city.xlsx" in answer.refusal, ".nq or .trig" in answer.refusal) == (True, True)
    assert not (town.folder / "city.xlsx").exists()


def test_quarantine_lists_shows_and_releases(town):
    listed = in_town(town, "quarantine", "list", "--lang", "el").out
    assert "benches benches.csv:2" in listed
    assert "Το παγκάκι χρειάζεται ένα όνομα" in listed
    shown = in_town(town, "quarantine", "show", "benches", "benches.csv:2").out
    assert "1,X,," in shown
    assert "A bench needs one name" in shown
    assert json.loads(in_town(town, "quarantine", "list", "--json").out)["raw"] == "1,X,,\n"
    shapes = town.settings.resources.shapes / "bench.ttl"
    shapes.write_text(shapes.read_text().replace("sh:minLength 3", "sh:minLength 1"))
    released = in_town(town, "quarantine", "release", "benches").out
    assert "1 released, 0 still in quarantine" in released
    assert in_town(town, "quarantine", "list").out == ""


def test_a_record_that_is_not_in_quarantine(town):
    answer = in_town(town, "quarantine", "show", "benches", "benches.csv:7")
    assert "no record 'benches.csv:7'" in answer.refusal


def test_before_the_first_load_every_command_answers(tmp_path):
    town = found_town(tmp_path)
    assert "nothing is published yet" in in_town(town, "status").out
    assert in_town(town, "versions").code == 0
    assert "nothing is published yet" in in_town(town, "export", "city.nq").refusal
    assert in_town(town, "quarantine", "list").out == ""


@pytest.mark.parametrize(
    "command",
    ["load", "demo", "status", "versions", "rollback", "pin", "unpin", "gc", "rebuild", "export"],
)
def test_every_command_has_help_with_an_example(tmp_path, command):
    answer = in_town(found_town(tmp_path), command, "--help")
    assert answer.code == 0
    assert f"kamara {command}" in answer.out
    assert "Example:" in answer.out
