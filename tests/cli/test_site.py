from __future__ import annotations

from pathlib import Path

import pytest
from support.command import in_town
from support.town import Town, found_town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    town = found_town(tmp_path)
    town.write("benches.csv", "Α1,Παγκάκι,Α2,2016-04-01", "Α2,Άλλο παγκάκι,Α1,2016-04-02")
    return town


def test_a_published_version_becomes_a_site(town: Town) -> None:
    town.load()
    answer = in_town(town, "site", "public")
    assert answer.code == 0, answer.err
    assert "of version 1" in answer.err
    assert "Παγκάκι" in (town.folder / "public/doc/bench/Α1.el.html").read_text("utf-8")
    assert (town.folder / "public/doc/bench/Α1.ttl").is_file()
    assert (town.folder / "public/index.html").is_file()


def test_the_current_folder_may_be_the_site(town: Town) -> None:
    town.load()
    (town.folder / "public").mkdir()
    assert in_town(town, "site", "public/../public/.").code == 0
    assert (town.folder / "public/index.html").is_file()


def test_without_a_published_version_there_is_one_line(town: Town) -> None:
    answer = in_town(town, "site", "public")
    assert answer.code == 1
    assert "kamara load" in answer.refusal
    assert not (town.folder / "public").exists()


def test_a_folder_that_is_not_a_site_is_kept(town: Town) -> None:
    town.load()
    (town.folder / "thesis").mkdir()
    (town.folder / "thesis/chapter.txt").write_text("years of work")
    answer = in_town(town, "site", "thesis")
    assert answer.code == 1
    assert "not a site that Kamara wrote" in answer.refusal
    assert [path.name for path in (town.folder / "thesis").iterdir()] == ["chapter.txt"]


def test_a_file_in_the_way_is_kept(town: Town) -> None:
    town.load()
    (town.folder / "public").write_text("a file")
    assert in_town(town, "site", "public").code == 1
    assert (town.folder / "public").read_text() == "a file"
