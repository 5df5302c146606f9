"""Citizens' issues come whole from an ImproveMyCity site, and nothing of a person with them."""

from __future__ import annotations

import json
import logging
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from support.issuesite import KEY, PERSONAL, IssueSite, decrypted

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.kinds import ImproveMyCityFetch

NOW = datetime.now(UTC)


@pytest.fixture
def site():
    """Seven issues, the last changed two months ago."""
    made = IssueSite()
    for number in range(1, 8):
        made.put(number, NOW - timedelta(days=60 * number))
    return made


@pytest.fixture
def harvest(fetched):
    """Harvest from a stand-in; what the last harvest gave is kept and remembered when it is given."""

    def run(site, last=None, **others):
        memo, kept = (last.memo, last.files or ()) if last else ({}, ())
        with site.served() as server:
            told = {"url": server.url("/index.php"), "modality": 3, "key": KEY, "size": 3} | others
            return fetched(server, ImproveMyCityFetch(kind="improvemycity", **told), memo, kept)

    return run


def listed(fetched, name):
    """What the files of a name hold, together."""
    paths = [path for path in fetched.files if path.name.startswith(name)]
    assert paths
    return [one for path in paths for one in json.loads(path.read_text(encoding="utf-8"))["data"]]


def titles(fetched):
    return {one["id"]: one["title"] for one in listed(fetched, "issues")}


def standing(site):
    return {number: one["title"] for number, one in site.issues.items()}


def tasks(site):
    return [query["task"] for query in site.queries]


@pytest.mark.parametrize("api", ["api2", "api"])
def test_issues_come_with_timelines_categories_and_steps(api, site, harvest):
    came = harvest(site, api=api)
    assert titles(came) == standing(site)
    assert sorted(
        (one["issueid"], one["id"], one["stepid_title"]) for one in listed(came, "timeline")
    ) == sorted(
        step for number in site.issues for step in ((number, 1, "Υποβλήθηκε"), (number, 2, "Παραλήφθηκε"))
    )
    assert [one["id"] for one in listed(came, "categories")] == [8, 10, 12]
    assert [one["title"] for one in listed(came, "steps")] == ["Υποβλήθηκε", "Παραλήφθηκε"]


def test_the_newer_interface_gives_pages_and_timelines_with_them(site, harvest):
    harvest(site)
    assert tasks(site) == ["api2.issues"] * 3 + ["api2.categories", "api2.steps"]
    assert [query.get("offset") for query in site.queries[:3]] == ["0", "3", "6"]


def test_all_at_once_when_there_are_no_pages(site, harvest):
    assert titles(harvest(site, size=0)) == standing(site)
    assert tasks(site).count("api2.issues") == 1


def test_each_request_has_a_token_of_its_own_also_after_a_failure(site, harvest):
    site.fails = {2, 4}
    assert titles(harvest(site)) == standing(site)
    assert len(set(site.tokens)) == len(site.tokens) == 7


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not there")
@pytest.mark.parametrize("api", ["api2", "api"])
def test_a_token_says_who_asks_and_when(api, site, harvest):
    before = int(datetime.now(UTC).timestamp())
    harvest(site, api=api, user="κάποιος", password="λέξη")
    told = decrypted(site.tokens[0], api)
    assert (told["u"], told["p"]) == ("κάποιος", "λέξη")
    assert before <= int(told["t"]) <= datetime.now(UTC).timestamp()
    assert told["r"]


@pytest.mark.parametrize("api", ["api2", "api"])
def test_nothing_of_a_person_is_kept_anywhere(api, site, harvest, tmp_path):
    came = harvest(site, api=api)
    site.put(1, NOW)
    harvest(site, came, api=api)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()).decode()
    assert "Δοκιμαστικό ζήτημα 1" in written
    assert [value for value in (*PERSONAL, "created_by", "voters") if value in written] == []
    assert {tuple(one["photos"][0]) for one in listed(came, "issues")} == {("url",)}


def test_only_what_changed_is_asked_for_the_next_time(site, harvest):
    first = harvest(site)
    site.queries.clear()
    site.put(2, NOW, title="Άλλαξε")
    site.put(9, NOW)
    second = harvest(site, first)
    assert titles(second) == standing(site)
    assert len(listed(second, "timeline")) == 2 * len(site.issues)
    until = datetime.fromisoformat(first.memo["until"])
    assert site.queries[0]["ts"] == str(int((until - timedelta(days=1)).timestamp()))


def test_a_change_leaves_the_files_of_the_other_issues_as_they_were(site, harvest):
    first = harvest(site)
    site.put(2, NOW, title="Άλλαξε")
    second = harvest(site, first)
    before = {path.name: path.read_bytes() for path in first.files}
    after = {path.name: path.read_bytes() for path in second.files}
    changed = {name.partition("-")[0] for name in after if after[name] != before[name]}
    assert changed == {"issues", "timeline"}
    assert len([name for name in after if after[name] != before[name]]) == 2


def test_an_issue_that_is_no_longer_public_goes_with_the_next_full_harvest(site, harvest):
    first = harvest(site)
    site.issues[3]["moderation"] = True
    long_ago = (NOW - timedelta(days=2)).isoformat()
    second = harvest(site, type(first)(first.files, {"until": first.memo["until"], "full": long_ago}))
    assert "ts" not in site.queries[-5]
    assert set(titles(second)) == set(site.issues) - {3}


def test_what_moves_from_page_to_page_is_not_lost(site, harvest):
    def change_in_between(number):
        if number == 1:
            site.put(7, NOW)
            site.put(8, NOW)

    site.after = change_in_between
    assert titles(harvest(site)) == standing(site)


def test_a_list_that_never_stands_still_is_refused(site, harvest):
    def publish(number):
        site.put(100 + number, NOW)

    site.after = publish
    with pytest.raises(FetchError, match="lists its issues differently 3 times"):
        harvest(site)


def test_a_site_without_issues_is_an_empty_list(harvest):
    assert listed(harvest(IssueSite()), "issues") == []


def test_what_the_site_says_of_an_error_is_told_without_the_token(site, harvest, caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(FetchError, match=r"status 202.*: Token is already used; token \*\*\*") as refusal:
        harvest(site, modality=4)
    assert KEY not in f"{refusal.value}{caplog.text}"
    harvest(site)
    assert not any(token in caplog.text for token in site.tokens)


FAILURES = {
    "half": (lambda body: body[: len(body) // 2], "answers no whole JSON"),
    "page": (lambda body: b"<!DOCTYPE html><html></html>", "answers a web page"),
    "refusal": (lambda body: b'{"success": false, "message": "Token has expired"}', "Token has expired"),
    "a list": (lambda body: b"[]", "something else than com_imc does"),
    "no data": (lambda body: b'{"success": true, "data": null}', "without a list of data"),
    "no number": (lambda body: body.replace(b'"id": ', b'"no": '), "an issue without a number"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_what_is_no_answer_is_refused_in_one_line(failure, site, harvest):
    change, reason = FAILURES[failure]
    site.spoil = lambda number, body: change(body)
    with pytest.raises(FetchError, match=reason) as refusal:
        harvest(site, size=0)
    assert "\n" not in str(refusal.value)
    assert "http://127.0.0.1" in str(refusal.value)


@pytest.mark.parametrize("wrong", [{"key": "short"}, {"modality": 0}, {"language": "Greek"}, {"api": "api3"}])
def test_settings_that_cannot_be_are_refused_without_the_key(wrong):
    told = {"url": "http://example.org/", "modality": 3, "key": KEY} | wrong
    with pytest.raises(ValueError, match=next(iter(wrong))) as refusal:
        ImproveMyCityFetch(kind="improvemycity", **told)
    assert KEY not in str(refusal.value)
