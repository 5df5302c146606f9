import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.change_log import BASE, commit, prepared, triple

from kamara.sparql.errors import LockedError, LogError
from kamara.sparql.layout import Layout
from kamara.sparql.lock import writer_lock
from kamara.sparql.log import ChangeLog
from kamara.sparql.state import States
from kamara.sparql.store import GraphStore
from kamara.sparql.watcher import Watcher

HISTORY = st.lists(
    st.tuples(st.sampled_from("ab"), st.sets(st.sampled_from("12345").map(triple), max_size=5)), max_size=6
)


@given(HISTORY)
def test_replay_of_the_log_equals_states_and_store(tmp_path_factory, history):
    layout = prepared(tmp_path_factory.mktemp("data"))
    log = ChangeLog(layout)
    expected = {}
    for dataset, content in history:
        commit(layout, log, dataset, content)
        expected[dataset] = content
    for path in layout.states.iterdir():
        path.unlink()
    again = ChangeLog(layout)
    assert {name: set(States(layout, again).read(name)) for name in again.datasets()} == expected
    store = GraphStore(layout, BASE)
    store.catch_up(again)
    assert len(store) == sum(len(content) for content in expected.values())


def test_a_change_set_counts_what_it_adds_and_removes(tmp_path):
    layout = prepared(tmp_path)
    log = ChangeLog(layout)
    commit(layout, log, "a", {triple("1"), triple("2")})
    second = commit(layout, log, "a", {triple("2"), triple("3")})
    assert (second.manifest.counts.added, second.manifest.counts.removed) == (1, 1)
    assert list(second.adds()) == [triple("3")]
    assert list(second.removes()) == [triple("1")]


def test_files_and_folders_are_synced_before_the_acknowledgement(tmp_path, monkeypatch):
    events = []

    class Recorder(Watcher):
        def step(self, name):
            events.append(name)

    real = os.fsync

    def recording_fsync(handle):
        events.append(str(Path(f"/proc/self/fd/{handle}").readlink()))
        real(handle)

    layout = prepared(tmp_path)
    log = ChangeLog(layout, Recorder())
    monkeypatch.setattr(os, "fsync", recording_fsync)
    commit(layout, log, "a", {triple("1")})
    before = events[: events.index("commit.acknowledged")]
    staged = layout.log / ".00000001.tmp"
    for name in ("adds.nt.zst", "removes.nt.zst", "quarantine.jsonl.zst", "manifest.json"):
        assert before.index(str(staged / name)) < before.index("commit.renamed")
    assert before.index(str(staged)) < before.index("commit.renamed")
    assert str(layout.log) in before[before.index("commit.synced") :]


def test_a_change_set_cut_short_before_its_rename_is_not_in_the_log(tmp_path):
    layout = prepared(tmp_path)
    (layout.log / ".00000001.tmp").mkdir()
    assert ChangeLog(layout).sequence == 0


def test_a_missing_change_set_is_named(tmp_path):
    layout = prepared(tmp_path)
    log = ChangeLog(layout)
    for name in "123":
        commit(layout, log, "a", {triple(name)})
    (layout.log / "00000002").rename(tmp_path / "elsewhere")
    with pytest.raises(LogError, match="change set 2 is missing"):
        list(ChangeLog(layout))


def test_a_damaged_change_set_is_named_and_nothing_is_derived_from_it(tmp_path):
    layout = prepared(tmp_path)
    log = ChangeLog(layout)
    change_set = commit(layout, log, "a", {triple("1")})
    path = change_set.folder / "adds.nt.zst"
    path.write_bytes(path.read_bytes()[:-2])
    for state in layout.states.iterdir():
        state.unlink()
    with pytest.raises(LogError, match=r"adds\.nt\.zst: is missing or damaged"):
        list(States(layout, ChangeLog(layout)).read("a"))


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ('{"format": 99, "base_iri": "https://data.thessaloniki.gr/"}', "format 99"),
        ('{"format": 1, "base_iri": "https://elsewhere.example/"}', "elsewhere.example"),
        ("not json", "cannot be read"),
    ],
)
def test_a_folder_from_another_version_or_base_is_refused_in_one_line(tmp_path, marker, message):
    (tmp_path / "FORMAT").write_text(marker)
    with pytest.raises(LogError, match=message) as refusal:
        Layout(tmp_path).prepare(BASE)
    assert "\n" not in str(refusal.value)


def test_a_log_without_its_marker_is_refused(tmp_path):
    layout = prepared(tmp_path)
    commit(layout, ChangeLog(layout), "a", {triple("1")})
    layout.marker.unlink()
    with pytest.raises(LogError, match="no FORMAT file"):
        layout.prepare(BASE)


def test_a_second_writer_is_refused_and_named(tmp_path):
    with (
        writer_lock(tmp_path / "lock"),
        pytest.raises(LockedError, match=f"process {os.getpid()} is writing"),
        writer_lock(tmp_path / "lock"),
    ):
        pass
    with writer_lock(tmp_path / "lock"):
        pass


def test_states_of_hundreds_of_change_sets_are_derived(tmp_path):
    layout = prepared(tmp_path)
    log = ChangeLog(layout)
    for number in range(230):
        commit(layout, log, "a", {triple(str(number)), triple("stays")})
    for path in layout.states.iterdir():
        path.unlink()
    assert set(States(layout, ChangeLog(layout)).read("a")) == {triple("229"), triple("stays")}
