"""What a harvest that breaks has got: kept for the next one like it, for a while, for one process."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.loaders.fetch.attempt import attempt


@pytest.fixture
def errand(tmp_path):
    (tmp_path / "folder").mkdir()
    return SimpleNamespace(attempt=tmp_path / "fetch" / "benches.attempt", folder=tmp_path / "folder")


def test_the_next_one_with_the_same_plan_goes_on(errand):
    with attempt(errand, "plan") as first:
        first.keep("group", "page", b"content")
    with attempt(errand, "plan") as second:
        assert second.read("group", "page") == b"content"
        assert second.started == first.started


def test_another_plan_begins_anew(errand):
    with attempt(errand, "plan") as first:
        first.keep("group", "page", b"content")
    with attempt(errand, "other") as second:
        assert second.read("group", "page") is None


def test_two_processes_do_not_share_one(errand):
    with attempt(errand, "plan") as first:
        first.keep("group", "page", b"content")
        with attempt(errand, "plan") as second:
            assert second.read("group", "page") is None
            second.keep("group", "page", b"other")
            second.end()
        assert first.read("group", "page") == b"content"


def test_a_group_is_forgotten_by_itself(errand):
    with attempt(errand, "plan") as one:
        one.keep("a", "1", b"x")
        one.keep("b", "1", b"y")
        one.forget("a")
        assert (one.read("a", "1"), one.read("b", "1")) == (None, b"y")


def test_nothing_is_left_at_the_end(errand):
    with attempt(errand, "plan") as one:
        one.keep("a", "1", b"x")
        one.end()
    assert not errand.attempt.exists()


@given(st.text(min_size=1), st.binary())
def test_any_name_and_content_can_be_kept(tmp_path_factory, name, content):
    folder = Path(tmp_path_factory.mktemp("attempt"))
    (folder / "folder").mkdir()
    errand = SimpleNamespace(attempt=folder / "kept", folder=folder / "folder")
    with attempt(errand, "plan") as one:
        one.keep(name, name, content)
        assert one.read(name, name) == content
        assert {path.parent.parent for path in folder.rglob("*") if path.is_file()} <= {
            folder,
            folder / "kept",
        }
