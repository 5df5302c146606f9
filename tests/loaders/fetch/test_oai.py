from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from support.repository import Repository

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.kinds import OaiFetch
from kamara.loaders.fetch.merge import Merge
from kamara.loaders.fetch.oairecords import RECORDS, entries

RECORD = "{http://www.openarchives.org/OAI/2.0/}record"
IDENTIFIER = ".//{http://www.openarchives.org/OAI/2.0/}identifier"
TITLE = ".//{http://purl.org/dc/elements/1.1/}title"


@pytest.fixture
def repository():
    made = Repository()
    for number in range(8):
        made.put(f"oai:example.org:{number}", f"Φωτογραφία {number} & <τίτλος>")
    return made


@pytest.fixture
def harvest(fetched):
    """Harvest from a repository; what the last harvest gave is kept and remembered when it is given."""

    def run(repository, last=None, prefix="oai_dc", **others):
        memo, kept = (last.memo, last.files or ()) if last else ({}, ())
        with repository.served() as server:
            return fetched(
                server, OaiFetch(kind="oai-pmh", url=server.url("/oai"), prefix=prefix), memo, kept, **others
            )

    return run


def titles(files):
    """Identifier -> title of all records in files."""
    found = {}
    for path in files:
        for record in etree.parse(path).iter(RECORD):
            found[record.findtext(IDENTIFIER)] = record.findtext(TITLE)
    return found


def standing(repository):
    return {name: title for name, (_, title) in repository.records.items() if title is not None}


def lists(repository):
    return [query for query in repository.queries if query["verb"] == "ListRecords"]


def test_all_pages_are_harvested(repository, harvest):
    came = harvest(repository)
    assert titles(came.files) == standing(repository)
    assert [query.get("resumptionToken") for query in lists(repository)] == [None, "|3", "|6"]


def test_the_same_records_give_the_same_bytes_in_whatever_order(repository, harvest):
    first = harvest(repository)
    repository.records = dict(reversed(repository.records.items()))
    second = harvest(repository)
    assert [path.read_bytes() for path in first.files] == [path.read_bytes() for path in second.files]


def test_only_what_changed_is_asked_for_the_next_time(repository, harvest):
    first = harvest(repository)
    repository.queries.clear()
    repository.put("oai:example.org:2", "Άλλος τίτλος")
    repository.put("oai:example.org:3", None)
    repository.put("oai:example.org:new", "Νέα")
    second = harvest(repository, first)
    assert titles(second.files) == standing(repository)
    assert lists(repository)[0]["from"] == "2017-08-22T09:18:36Z"


def test_a_change_leaves_the_files_of_the_other_records_as_they_were(repository, harvest):
    first = harvest(repository)
    repository.put("oai:example.org:2", "Άλλος τίτλος")
    second = harvest(repository, first)
    before = {path.name: path.read_bytes() for path in first.files}
    after = {path.name: path.read_bytes() for path in second.files}
    assert len([name for name in after if after[name] != before[name]]) == 1


def test_nothing_new_is_not_modified(repository, harvest):
    first = harvest(repository)
    repository.now += timedelta(seconds=1)
    second = harvest(repository, first)
    repository.now += timedelta(seconds=1)
    third = harvest(repository, second)
    assert third.files is None
    assert third.memo["until"] > first.memo["until"]
    assert third.memo["full"] == first.memo["full"]


def test_days_are_asked_for_where_the_repository_has_days(harvest):
    repository = Repository(granularity="YYYY-MM-DD")
    repository.put("a", "1")
    first = harvest(repository)
    repository.put("b", "2")
    second = harvest(repository, first)
    assert lists(repository)[-1]["from"] == "2017-08-22"
    assert titles(second.files) == {"a": "1", "b": "2"}


def test_all_is_harvested_where_deletions_are_not_told(harvest):
    repository = Repository(deletions="no")
    repository.put("a", "1")
    repository.put("b", "2")
    first = harvest(repository)
    repository.put("a", None)
    assert titles(harvest(repository, first).files) == {"b": "2"}
    assert "from" not in lists(repository)[-1]


def test_all_is_harvested_again_after_a_while(repository, harvest):
    first = harvest(repository)
    repository.now += timedelta(days=31)
    second = harvest(repository, first)
    assert "from" not in lists(repository)[-1]
    assert second.memo["full"] > first.memo["full"]


def test_when_all_is_deleted_an_empty_list_is_left(harvest):
    repository = Repository()
    repository.put("a", "1")
    first = harvest(repository)
    repository.put("a", None)
    assert titles(harvest(repository, first).files) == {}


def test_a_lost_place_begins_anew(repository, harvest):
    repository.lost_tokens = 1
    assert titles(harvest(repository).files) == standing(repository)


def test_a_place_lost_again_and_again_is_given_up(repository, harvest):
    repository.lost_tokens = 9
    with pytest.raises(FetchError, match="badResumptionToken"):
        harvest(repository)


def test_an_empty_repository_is_refused(harvest):
    with pytest.raises(FetchError, match="has no records"):
        harvest(Repository())


def test_an_error_of_the_repository_is_told(repository, harvest):
    with pytest.raises(FetchError, match=r"CannotDisseminateFormat.*only oai_dc.*source\.toml"):
        harvest(repository, prefix="edm")


def test_a_cut_page_is_refused_not_taken_for_the_last(repository, harvest):
    repository.spoil = lambda text: text[:-60] if b"ListRecords" in text else text
    with pytest.raises(FetchError, match="well-formed"):
        harvest(repository)


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body>Login</body></html>",
        b"{}",
        b"",
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]><x>&b;</x>',
    ],
)
def test_what_is_not_oai_pmh_is_refused(page, repository, harvest):
    repository.spoil = lambda text: page
    with pytest.raises(FetchError) as refusal:
        harvest(repository)
    assert "\n" not in str(refusal.value)


def test_a_list_without_end_is_refused(repository, harvest):
    repository.records = {f"r{n}": (repository.now, "α" * 3000) for n in range(400)}
    with pytest.raises(FetchError, match=r"lists more than 1 MiB"):
        harvest(repository, max_mb=1)


def page_of(changes):
    repository = Repository(page=99)
    for name, title in changes:
        repository.put(name, title)
    header = b'<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    return header + repository._list({"metadataPrefix": "oai_dc"}).encode() + b"</OAI-PMH>"


CHANGES = st.lists(
    st.tuples(st.sampled_from("abcdef"), st.none() | st.sampled_from(["α", "β"])), min_size=1, max_size=8
)


@given(st.lists(CHANGES, min_size=1, max_size=4))
def test_harvests_one_after_the_other_give_what_one_of_all_would(harvests):
    with tempfile.TemporaryDirectory() as name:
        files: tuple[Path, ...] = ()
        for number, changes in enumerate(harvests):
            step = Merge(Path(name) / str(number), RECORDS)
            step.take(entries(page_of(changes)))
            files = step.write(files)
        known = {}
        for changes in harvests:
            known |= dict(changes)
        assert titles(files) == {key: title for key, title in known.items() if title is not None}


@pytest.mark.shared
def test_a_real_record_goes_through_unchanged(shared, tmp_path):
    real = (shared / "data/heritage/edm/sampleOaiRecord.xml").read_bytes()
    merge = Merge(tmp_path / "merge", RECORDS)
    merge.take(entries(real.replace(b"GetRecord>", b"ListRecords>")))
    files = merge.write([])
    again = Merge(tmp_path / "again", RECORDS).write(files)
    assert [path.read_bytes() for path in files] == [path.read_bytes() for path in again]
    (record,) = etree.parse(files[0]).iter(RECORD)
    (original,) = etree.fromstring(real).iter(RECORD)
    assert list(record.itertext()) == list(original.itertext())
