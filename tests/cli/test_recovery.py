"""Backup and restore, as a person runs them before and after losing a machine."""

import json
import os
import shutil
import subprocess

import pytest
from support.command import KAMARA, in_town
from support.town import found_town

from kamara.sparql.backup import backup
from kamara.sparql.changeset import ADDS
from kamara.sparql.layout import Layout
from kamara.sparql.versions import Versions


@pytest.fixture
def town(tmp_path):
    """A town with four published versions, the second pinned."""
    town = found_town(tmp_path)
    for name in ("Παραλία", "Πλατεία", "Πάρκο", "Λιμάνι"):
        town.write("benches.csv", f"1,{name},,", "2,Κήπος,1,")
        town.load()
    in_town(town, "pin", "2")
    return town


def export(town, number, data=None):
    words = ["--data", data] if data else []
    answer = in_town(town, *words, "export", "out.nq", "--version", str(number))
    assert answer.code == 0, answer.err
    return sorted((town.folder / "out.nq").read_text().splitlines())


def test_what_is_restored_is_what_was_backed_up_pinned_versions_and_numbers_too(town):
    assert in_town(town, "backup", "safe").code == 0
    before = {number: export(town, number) for number in (2, 4)}
    answer = in_town(town, "--data", "again", "restore", "safe")
    assert "restored 5 change sets" in answer.out
    assert "published version 4" in answer.out
    assert {number: export(town, number, "again") for number in (2, 4)} == before
    assert "pinned" in in_town(town, "--data", "again", "versions").out
    assert in_town(town, "--data", "again", "load", "benches", "--from", town.files).out.startswith(
        "nothing changed"
    )


def test_a_second_backup_copies_only_what_is_new(town):
    in_town(town, "backup", "safe")
    files = {path: path.stat().st_ino for path in (town.folder / "safe").rglob("*.zst")}
    town.write("benches.csv", "1,Σταθμός,,", "2,Κήπος,1,")
    town.load()
    assert "6 change sets" in in_town(town, "backup", "safe").out
    assert {path: path.stat().st_ino for path in files} == files
    assert in_town(town, "--data", "again", "restore", "safe").code == 0
    assert "published version 6" not in in_town(town, "--data", "again", "versions").out


def test_a_backup_taken_while_kamara_loads_is_whole(town, tmp_path):
    layout = Layout(town.settings.data_dir)
    for number in range(5):
        town.write("benches.csv", *(f"{key},Παγκάκι {number},," for key in range(3000)))
        load = subprocess.Popen(
            [KAMARA, "load", "benches", "--from", town.files],
            env={
                **os.environ,
                "KAMARA_DATA_DIR": str(layout.root),
                "KAMARA_RESOURCES_DIR": str(town.settings.resources_dir),
            },
        )
        while load.poll() is None:
            backup(layout, Versions(town.settings).all(), tmp_path / "safe")
        assert load.returncode == 0
    taken = backup(layout, Versions(town.settings).all(), tmp_path / "safe")
    answer = in_town(town, "--data", "again", "restore", "safe")
    assert f"restored {taken.sequence} change sets" in answer.out
    number = Versions(town.settings).current().number
    assert export(town, number, "again") == export(town, number)


def test_a_drill_tells_how_long_it_takes_and_leaves_nothing(town):
    in_town(town, "backup", "safe")
    before = sorted(town.folder.iterdir())
    answer = in_town(town, "restore", "safe", "--drill")
    assert "the drill took" in answer.out
    assert sorted(town.folder.iterdir()) == before


def test_a_damaged_backup_is_refused_by_the_name_of_its_file(town):
    in_town(town, "backup", "safe")
    path = town.folder / "safe" / "log" / "00000003" / ADDS
    path.write_bytes(path.read_bytes()[:-1])
    answer = in_town(town, "--data", "again", "restore", "safe")
    assert ("00000003/adds.nt.zst" in answer.refusal, answer.code) == (True, 1)


def test_a_backup_that_lacks_change_sets_is_refused(town):
    in_town(town, "backup", "safe")
    shutil.rmtree(town.folder / "safe" / "log" / "00000005")
    assert "lacks change sets 5 to 5" in in_town(town, "--data", "again", "restore", "safe").refusal


def test_a_data_folder_that_holds_something_is_never_restored_over(town):
    in_town(town, "backup", "safe")
    before = export(town, 4)
    assert "holds a log already" in in_town(town, "restore", "safe").refusal
    assert export(town, 4) == before


def test_a_folder_that_holds_something_else_is_not_made_a_backup(town):
    assert "neither empty nor a backup" in in_town(town, "backup", town.files).refusal
    assert "lies in the data folder" in in_town(town, "backup", town.settings.data_dir / "safe").refusal
    assert "is not a backup" in in_town(town, "--data", "again", "restore", town.files).refusal


def test_a_backup_from_another_format_is_refused(town):
    in_town(town, "backup", "safe")
    about = town.folder / "safe" / "backup.json"
    about.write_text(json.dumps({**json.loads(about.read_text()), "format": 9}))
    assert "written in format 9" in in_town(town, "--data", "again", "restore", "safe").refusal
