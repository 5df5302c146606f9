import threading

import pytest
from pyoxigraph import Store
from support.change_log import BASE, commit, prepared, triple

from kamara.config import Settings, VersionSettings
from kamara.sparql.errors import DiskError, StoreError, VersionError
from kamara.sparql.log import ChangeLog
from kamara.sparql.store import GraphStore
from kamara.sparql.versions import Versions


@pytest.fixture
def city(tmp_path):
    return City(tmp_path, keep=2)


class City:
    """A data folder with a log, a store and published versions."""

    def __init__(self, folder, **limits):
        self.settings = Settings(data_dir=folder, versions=VersionSettings(**limits))
        self.layout = prepared(folder)
        self.log = ChangeLog(self.layout)
        self.store = GraphStore(self.layout, BASE)
        self.versions = Versions(self.settings)

    def publish(self, *names):
        commit(self.layout, self.log, "a", {triple(name) for name in names})
        self.store.catch_up(self.log)
        return self.versions.publish(self.store, self.log)


def test_before_the_first_publication_there_is_no_version(city):
    assert city.versions.current() is None


def test_a_published_version_stays_as_it_was(city):
    first = city.publish("1")
    second = city.publish("1", "2")
    assert (first.quads, second.quads) == (1, 2)
    assert len(Store.read_only(str(first.store))) == 1
    assert city.versions.current() == second


def test_rollback_lets_readers_see_an_older_version_and_the_next_one_is_new(city):
    first, second = city.publish("1"), city.publish("2")
    city.versions.point_to(first.number)
    assert city.versions.current() == first
    assert city.publish("3").number == second.number + 1


def test_a_version_that_is_written_anew_under_its_number_is_seen(city):
    first = city.publish("1")
    assert city.versions.current() == city.versions.current() == first
    commit(city.layout, city.log, "a", {triple("1"), triple("2")})
    city.store.catch_up(city.log)
    rewritten = city.versions.write(city.store, city.log, first.number)
    assert rewritten.number == first.number
    assert city.versions.current() == rewritten != first


def test_old_versions_are_collected_but_not_the_current_pinned_or_leased(city):
    published = [city.publish(str(number)) for number in range(6)]
    city.versions.pin(published[0].number)
    with city.versions.lease(published[1]):
        assert city.versions.collect() == [published[2].number, published[3].number]
        assert city.versions.get(published[1].number) == published[1]
    assert city.versions.collect() == [published[1].number]
    city.versions.unpin(published[0].number)
    assert city.versions.collect() == [published[0].number]


def test_versions_are_collected_by_bytes_too(tmp_path):
    city = City(tmp_path, keep=10, keep_mb=1)
    published = [city.publish(str(number)) for number in range(3)]
    padding = published[0].folder / "store" / "padding"
    padding.write_bytes(b"x" * 2_000_000)
    assert city.versions.collect() == [published[0].number]


def test_versions_are_listed_while_others_are_published_and_collected(tmp_path):
    city = City(tmp_path, keep=1)
    city.publish("0")
    over, failures = threading.Event(), []

    def look():
        while not over.is_set():
            try:
                assert city.versions.all()
                assert city.versions.current()
            except Exception as error:
                failures.append(error)

    reader = threading.Thread(target=look)
    reader.start()
    for number in range(40):
        city.publish(str(number))
        city.versions.collect()
    over.set()
    reader.join(30)
    assert failures == []


def test_publishing_is_refused_when_the_disk_is_too_full(tmp_path):
    city = City(tmp_path, free_factor=1e12)
    with pytest.raises(DiskError, match="MiB are free"):
        city.publish("1")
    assert city.versions.current() is None


def test_a_version_that_is_not_kept_is_named(city):
    with pytest.raises(VersionError, match="there is no version 7"):
        city.versions.point_to(7)


def test_a_version_from_another_kamara_is_recognised(city):
    version = city.publish("1")
    (version.folder / "version.json").write_text('{"format": 2}')
    with pytest.raises(VersionError, match="another version of Kamara"):
        city.versions.current()


def test_leftovers_of_a_publication_that_was_killed_go_away(city):
    leftover = city.layout.versions / ".00000001.tmp"
    leftover.mkdir()
    city.publish("1")
    assert not leftover.exists()


def test_a_store_ahead_of_its_log_is_refused(city):
    city.publish("1")
    (city.layout.store / "position").write_text("9")
    with pytest.raises(Exception, match="ends at change set 1, the store is at 9"):
        city.store.catch_up(city.log)


def test_a_damaged_position_is_named(city):
    city.publish("1")
    (city.layout.store / "position").write_text("x")
    with pytest.raises(StoreError, match="is damaged"):
        city.store.catch_up(city.log)
