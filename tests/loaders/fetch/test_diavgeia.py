"""Decisions come whole from Diavgeia, whatever it does meanwhile."""

from __future__ import annotations

import json
import time
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from support.diavgeia import ORGANIZATION, Diavgeia, day_of, now

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.kinds import DiavgeiaFetch

TODAY = datetime.now(UTC).date()
SINCE = TODAY - timedelta(days=400)


@pytest.fixture
def diavgeia():
    """Eight decisions a quarter of a year, one a week old."""
    made = Diavgeia()
    for number in range(12):
        made.add(f"ΔΟΚΙΜΗ{number}-ΩΡ5", SINCE + timedelta(days=30 * number + 5))
    made.add("ΠΡΟΣΦΑΤΗ-ΩΡ5", TODAY - timedelta(days=1))
    return made


@pytest.fixture
def harvest(fetched):
    """Harvest from a stand-in; what the last harvest gave is kept and remembered when it is given."""
    servers = {}
    with ExitStack() as stack:

        def run(diavgeia, last=None, limits=None, **others):
            if id(diavgeia) not in servers:
                servers[id(diavgeia)] = stack.enter_context(diavgeia.served())
            server = servers[id(diavgeia)]
            memo, kept = (last.memo, last.files or ()) if last else ({}, ())
            told = {"url": server.url("/opendata"), "organization": ORGANIZATION, "since": SINCE} | others
            return fetched(server, DiavgeiaFetch(kind="diavgeia", **told), memo, kept, **(limits or {}))

        yield run


def texts(fetched):
    """ADA -> decision of all files, each of which must have the form of a search result."""
    found = {}
    for path in fetched.files:
        decisions = json.loads(path.read_text(encoding="utf-8"))["decisions"]
        assert [one["ada"] for one in decisions] == sorted(one["ada"] for one in decisions)
        found |= {one["ada"]: one for one in decisions}
    return found


def windows(diavgeia):
    return [
        (date.fromisoformat(query["from_issue_date"]), date.fromisoformat(query["to_issue_date"]))
        for query in diavgeia.searches
    ]


def test_all_decisions_come(diavgeia, harvest):
    diavgeia.add("ΠΑΛΙΑ-ΩΡ5", SINCE - timedelta(days=9))
    diavgeia.add("ΞΕΝΗ-ΩΡ5", SINCE + timedelta(days=9), organizationId="6115")
    came = texts(harvest(diavgeia))
    assert set(came) == set(diavgeia.decisions) - {"ΠΑΛΙΑ-ΩΡ5", "ΞΕΝΗ-ΩΡ5"}
    assert all(came[ada] == diavgeia.decisions[ada] for ada in came)


def test_it_is_asked_by_windows_that_the_api_does_not_cut(diavgeia, harvest):
    harvest(diavgeia)
    asked = windows(diavgeia)
    assert asked[0][0] == SINCE
    assert all(end - start <= timedelta(days=180) for start, end in asked)
    assert all(first[1] == second[0] for first, second in pairwise(asked))
    assert asked[-1][1] > TODAY


def test_revoked_decisions_come_too(diavgeia, harvest):
    diavgeia.revoke("ΔΟΚΙΜΗ3-ΩΡ5")
    assert texts(harvest(diavgeia))["ΔΟΚΙΜΗ3-ΩΡ5"]["status"] == "REVOKED"


def test_pages_are_asked_for_to_the_last(diavgeia, harvest):
    assert set(texts(harvest(diavgeia, size=2))) == set(diavgeia.decisions)
    first = [query for query in diavgeia.searches if query["from_issue_date"] == SINCE.isoformat()]
    assert [query["page"] for query in first] == ["0", "1", "2"]


def test_smaller_pages_than_asked_for_are_all_read(diavgeia, harvest):
    diavgeia.most = 3
    assert set(texts(harvest(diavgeia))) == set(diavgeia.decisions)


def test_both_styles_of_dates_pass_through_as_they_are_written(diavgeia, harvest):
    diavgeia.add("ISO-ΩΡ5", SINCE, submissionTimestamp=f"{SINCE}T05:54:08.361000+00:00", amount=1387.30)
    diavgeia.spoil = lambda number, body: body.replace(b"1387.3", b"1387.30")
    files = harvest(diavgeia).files
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    assert f'"{SINCE}T05:54:08.361000+00:00"' in text
    assert str(diavgeia.decisions["ΔΟΚΙΜΗ1-ΩΡ5"]["issueDate"]) in text
    assert '"amount": 1387.30' in text


def test_only_what_changed_is_asked_for_the_next_time(diavgeia, harvest):
    first = harvest(diavgeia)
    diavgeia.searches.clear()
    diavgeia.correct("ΔΟΚΙΜΗ2-ΩΡ5", subject="Διορθωμένη πράξη")
    diavgeia.revoke("ΔΟΚΙΜΗ5-ΩΡ5")
    diavgeia.add("ΝΕΑ-ΩΡ5", TODAY)
    second = harvest(diavgeia, first)
    assert texts(second) == diavgeia.decisions
    assert {query["from_date"] for query in diavgeia.searches} == {
        (datetime.fromisoformat(first.memo["until"]) - timedelta(days=3)).date().isoformat()
    }
    assert second.memo["full"] == first.memo["full"]


def test_a_change_leaves_the_files_of_the_other_decisions_as_they_were(diavgeia, harvest):
    first = harvest(diavgeia)
    diavgeia.correct("ΔΟΚΙΜΗ2-ΩΡ5")
    second = harvest(diavgeia, first)
    before = {path.name: path.read_bytes() for path in first.files}
    after = {path.name: path.read_bytes() for path in second.files}
    assert len([name for name in after if after[name] != before[name]]) == 1


def test_nothing_new_is_not_modified(harvest):
    diavgeia = Diavgeia()
    diavgeia.add("ΠΑΛΙΑ-ΩΡ5", SINCE + timedelta(days=9))
    first = harvest(diavgeia)
    second = harvest(diavgeia, first)
    assert second.files is None
    assert second.memo["until"] > first.memo["until"]


def test_all_is_asked_for_again_after_a_while(diavgeia, harvest):
    first = harvest(diavgeia)
    diavgeia.searches.clear()
    long_ago = (datetime.now(UTC) - timedelta(days=31)).isoformat()
    second = harvest(diavgeia, type(first)(first.files, {"until": first.memo["until"], "full": long_ago}))
    assert {query["from_date"] for query in diavgeia.searches} == {SINCE.isoformat()}
    assert second.memo["full"] > first.memo["full"]


def test_a_decision_on_two_pages_counts_once_in_its_newest_version(diavgeia, harvest):
    def with_older_version(number, body):
        page = json.loads(body)
        for place, one in enumerate(page["decisions"]):
            if one["ada"] == "ΔΟΚΙΜΗ1-ΩΡ5" and place:
                older = {"subject": "Παλαιότερη", "submissionTimestamp": one["submissionTimestamp"] - 1}
                page["decisions"][place] = one | older
        return json.dumps(page).encode()

    diavgeia.listed_twice = {"ΔΟΚΙΜΗ1-ΩΡ5"}
    diavgeia.spoil = with_older_version
    diavgeia.decisions.pop("ΔΟΚΙΜΗ2-ΩΡ5")
    assert texts(harvest(diavgeia, window="P60D")) == diavgeia.decisions


def test_what_moves_over_the_edge_of_a_page_is_not_lost(diavgeia, harvest):
    """A correction brings a decision from a page not read yet to the first, which was read already."""

    def correct_in_between(number):
        if number == 1:
            diavgeia.correct("ΔΟΚΙΜΗ0-ΩΡ5")

    diavgeia.after = correct_in_between
    assert set(texts(harvest(diavgeia, size=2))) == set(diavgeia.decisions)


def test_what_leaves_a_list_while_it_is_read_takes_nothing_with_it(diavgeia, harvest):
    """The others move up, so that one would be on none of the pages; only the total tells."""

    def remove_in_between(number):
        if number == 1:
            del diavgeia.decisions["ΔΟΚΙΜΗ5-ΩΡ5"]

    diavgeia.after = remove_in_between
    assert set(texts(harvest(diavgeia, size=2))) == set(diavgeia.decisions)


def test_a_list_that_does_not_stand_still_is_read_in_halves(diavgeia, harvest):
    """The city publishes all day: at last its newest decisions are read by themselves."""

    def publish(number):
        if number < 40:
            diavgeia.add(f"ΣΥΝΕΧΗΣ{number}-ΩΡ5", TODAY)

    diavgeia.after = publish
    came = texts(harvest(diavgeia, size=5))
    assert set(came) >= {ada for ada in diavgeia.decisions if not ada.startswith("ΣΥΝΕΧΗΣ")}


def test_a_day_that_never_stands_still_is_refused(diavgeia, harvest):
    def publish(number):
        if diavgeia.searches[-1]["page"] == "0":
            diavgeia.add(f"ΣΥΝΕΧΗΣ{number}-ΩΡ5", TODAY)

    diavgeia.add("ΝΕΑ-ΩΡ5", TODAY)
    diavgeia.after = publish
    with pytest.raises(FetchError, match=f"issued on {TODAY} changed 4 times while it was read"):
        harvest(diavgeia, size=1)


def test_what_the_api_lists_twice_each_time_is_believed(diavgeia, harvest):
    diavgeia.listed_twice = {"ΔΟΚΙΜΗ1-ΩΡ5"}
    assert texts(harvest(diavgeia)) == diavgeia.decisions


def test_a_list_that_is_too_long_is_read_in_halves(diavgeia, harvest):
    assert texts(harvest(diavgeia, max_total=2)) == diavgeia.decisions


def test_a_day_that_is_too_long_is_refused(harvest):
    diavgeia = Diavgeia()
    for number in range(4):
        diavgeia.add(f"ΔΟΚΙΜΗ{number}-ΩΡ5", TODAY)
    with pytest.raises(FetchError, match=r"has 4 decisions, more than 3 \(fetch.max_total\)"):
        harvest(diavgeia, max_total=3)


def test_no_decisions_are_refused(harvest):
    with pytest.raises(FetchError, match="has no decisions of this organisation"):
        harvest(Diavgeia())


def at(number, change):
    """Spoils only one answer."""
    return lambda count, body: change(body) if count == number else body


def test_an_error_of_the_server_is_asked_past(diavgeia, harvest):
    diavgeia.spoil = at(2, lambda body: None)
    assert texts(harvest(diavgeia, size=2)) == diavgeia.decisions


FAILURES = {
    "500": (lambda body: None, "answers 500, 3 times"),
    "half a page": (lambda body: body[: len(body) // 2], "answers no whole JSON"),
    "web page": (lambda body: b"<!DOCTYPE html><html><body>Error</body></html>", "answers a web page"),
    "nothing": (lambda body: b"", "answers no whole JSON"),
    "error with 200": (lambda body: b'{"errorMessage": "Error in query syntax"}', "Error in query syntax"),
    "a list": (lambda body: b"[]", "answers no whole JSON"),
    "NaN": (lambda body: body.replace(b'"PUBLISHED"', b"NaN"), "answers no whole JSON"),
    "not UTF-8": (lambda body: body.decode().encode("iso8859-7", "replace"), "answers no whole JSON"),
    "too deep": (lambda body: b'{"decisions": ' + b"[" * 100_000, "nested too deep"),
    "another page": (lambda body: body.replace(b'"page": 1', b'"page": 0'), "which page"),
    "no total": (lambda body: body.replace(b'"total"', b'"tolal"'), "which page of how many"),
    "other organisation": (
        lambda body: body.replace(b'Uid:\\"6114', b'Uid:\\"6115'),
        "something else than ask",
    ),
    "dropped filter": (lambda body: body.replace(b"issueDate:", b"x:"), "something else than asked"),
    "status": (
        lambda body: body.replace(b"AND org", b'AND status:\\"X\\" AND org'),
        "something else than ask",
    ),
    "no ADA": (lambda body: body.replace(b'"ada"', b'"adda"'), "without an ADA"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_page_that_is_not_what_it_should_be_is_refused_in_one_line(failure, diavgeia, harvest):
    change, reason = FAILURES[failure]
    diavgeia.spoil = lambda number, body: change(body) if number >= 2 else body
    with pytest.raises(FetchError, match=reason) as refusal:
        harvest(diavgeia, size=2)
    line = str(refusal.value)
    assert "\n" not in line
    assert "http://127.0.0.1" in line
    assert "; " in line


def test_a_page_with_fewer_than_it_says_is_refused(diavgeia, harvest):
    def cut(body):
        page = json.loads(body)
        page["decisions"].pop()
        return json.dumps(page).encode()

    diavgeia.spoil = at(1, cut)
    with pytest.raises(FetchError, match="has 1 decisions on a page that should have 2"):
        harvest(diavgeia, size=2)


def test_a_server_that_says_nothing_is_given_up(diavgeia, harvest):
    def wait(number, body):
        if number > 1:
            time.sleep(0.5)
        return body

    diavgeia.spoil = wait
    with pytest.raises(FetchError, match="did not answer in time"):
        harvest(diavgeia, limits={"read_seconds": 0.1, "retries": 0})


def test_a_list_without_end_is_refused(diavgeia, harvest):
    for decision in diavgeia.decisions.values():
        decision["subject"] = "α" * 100_000
    with pytest.raises(FetchError, match=r"lists more than 1 MiB \(fetch.max_mb\)"):
        harvest(diavgeia, size=2, limits={"max_mb": 1})


def test_a_harvest_that_breaks_goes_on_where_it_broke(diavgeia, harvest):
    diavgeia.spoil = lambda number, body: None if number >= 3 else body
    with pytest.raises(FetchError, match="answers 500"):
        harvest(diavgeia, size=2)
    got = [(query["from_issue_date"], query["page"]) for query in diavgeia.searches[:2]]
    diavgeia.searches.clear()
    diavgeia.spoil = lambda number, body: body
    assert texts(harvest(diavgeia, size=2)) == diavgeia.decisions
    assert not set(got) & {(query["from_issue_date"], query["page"]) for query in diavgeia.searches}


def test_nothing_stays_of_a_harvest_that_is_through(diavgeia, harvest, tmp_path):
    harvest(diavgeia)
    assert not (tmp_path / "attempt").exists()


def test_a_harvest_that_broke_is_not_taken_up_with_other_settings(diavgeia, harvest):
    diavgeia.spoil = lambda number, body: None if number >= 3 else body
    with pytest.raises(FetchError):
        harvest(diavgeia, size=2)
    diavgeia.searches.clear()
    diavgeia.spoil = lambda number, body: body
    assert texts(harvest(diavgeia, size=3)) == diavgeia.decisions
    assert diavgeia.searches[0]["page"] == "0"


def test_a_kept_page_that_the_disk_lost_half_of_is_asked_for_again(diavgeia, harvest, tmp_path):
    diavgeia.spoil = lambda number, body: None if number >= 3 else body
    with pytest.raises(FetchError):
        harvest(diavgeia, size=2)
    for page in (tmp_path / "attempt").glob("*/*"):
        page.write_bytes(page.read_bytes()[:50])
    diavgeia.spoil = lambda number, body: body
    assert texts(harvest(diavgeia, size=2)) == diavgeia.decisions


def test_a_harvest_that_broke_long_ago_begins_anew(diavgeia, harvest, tmp_path):
    diavgeia.spoil = lambda number, body: None if number >= 3 else body
    with pytest.raises(FetchError):
        harvest(diavgeia, size=2)
    plan = tmp_path / "attempt" / "plan.json"
    told = json.loads(plan.read_text())
    told["started"] = (datetime.now(UTC) - timedelta(days=4)).isoformat()
    plan.write_text(json.dumps(told))
    diavgeia.searches.clear()
    diavgeia.spoil = lambda number, body: body
    came = harvest(diavgeia, size=2)
    assert diavgeia.searches[0]["page"] == "0"
    assert came.memo["until"] > told["started"]


def test_what_changed_while_a_harvest_lay_broken_is_asked_for_the_next_time(diavgeia, harvest):
    diavgeia.spoil = lambda number, body: None if number >= 4 else body
    with pytest.raises(FetchError):
        harvest(diavgeia, size=2)
    diavgeia.correct("ΔΟΚΙΜΗ11-ΩΡ5", subject="Διορθωμένη πράξη")
    diavgeia.correct("ΔΟΚΙΜΗ0-ΩΡ5", subject="Διορθωμένη πράξη")
    diavgeia.spoil = lambda number, body: body
    assert texts(harvest(diavgeia, harvest(diavgeia, size=2), size=2)) == diavgeia.decisions


def test_the_version_logs_of_corrected_decisions_come_without_who_entered_them(diavgeia, harvest):
    diavgeia.correct("ΔΟΚΙΜΗ2-ΩΡ5")
    first = harvest(diavgeia, what="versions")
    (log,) = logs(first)
    assert log["ada"] == "ΔΟΚΙΜΗ2-ΩΡ5"
    assert [version["versionId"] for version in log["versions"]] == ["ΔΟΚΙΜΗ2-ΩΡ5-v1", "ΔΟΚΙΜΗ2-ΩΡ5-v2"]
    assert not any("user-of" in path.read_text(encoding="utf-8") for path in first.files)
    diavgeia.correct("ΔΟΚΙΜΗ3-ΩΡ5")
    diavgeia.correct("ΔΟΚΙΜΗ2-ΩΡ5")
    second = harvest(diavgeia, first, what="versions")
    assert {log["ada"]: len(log["versions"]) for log in logs(second)} == {"ΔΟΚΙΜΗ2-ΩΡ5": 3, "ΔΟΚΙΜΗ3-ΩΡ5": 2}


def logs(fetched):
    return [json.loads(line) for path in fetched.files for line in path.read_text("utf-8").splitlines()]


LISTS = {
    "types.json": ("types", "", "decisionTypes"),
    "organizations.json": ("organizations", "", "organizations"),
    f"organization-{ORGANIZATION}.json": ("organizations", ORGANIZATION, "uid"),
    f"units-{ORGANIZATION}.json": ("units", ORGANIZATION, "units"),
    f"positions-{ORGANIZATION}.json": ("positions", ORGANIZATION, "positions"),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_one_file(name, diavgeia, harvest):
    what, organization, member = LISTS[name]
    (path,) = harvest(diavgeia, what=what, organization=organization).files
    assert path.name == name
    assert member in json.loads(path.read_text(encoding="utf-8"))


def test_an_unknown_organisation_is_told_with_what_the_api_says(diavgeia, harvest):
    with pytest.raises(FetchError, match=r"has no such file \(status 404\): Not found"):
        harvest(diavgeia, what="units", organization="1")


@pytest.mark.parametrize(
    "wrong", [{"size": 501}, {"window": "P181D"}, {"organization": "thess"}, {"organization": ""}]
)
def test_settings_that_the_api_would_drop_or_cut_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DiavgeiaFetch(kind="diavgeia", **{"organization": "6114"} | wrong)


@pytest.mark.shared
@pytest.mark.parametrize("size", [7, 500])
def test_the_real_decisions_come_as_they_are_written(size, shared, harvest):
    folder = shared / "data" / "decisions" / "diavgeia-api-fixtures" / "search"
    diavgeia = Diavgeia()
    for path in folder.glob("*.json"):
        for decision in json.loads(path.read_text(encoding="utf-8"))["decisions"]:
            diavgeia.decisions[decision["ada"]] = decision | {"organizationId": ORGANIZATION}
    first = min(day_of(decision["issueDate"]) for decision in diavgeia.decisions.values())
    came = harvest(diavgeia, size=size, since=first)
    assert texts(came) == diavgeia.decisions
    assert len(texts(came)) == 61
    diavgeia.revoke(max(diavgeia.decisions))
    assert texts(harvest(diavgeia, came, size=size, since=first)) == diavgeia.decisions


@pytest.mark.shared
def test_a_recorded_page_that_was_cut_is_refused(shared, harvest):
    """The recorded search says that it has 100 decisions; 40 of them were kept."""
    recorded = (
        shared / "data/decisions/diavgeia-api-fixtures/search/complex_search_result.json"
    ).read_bytes()
    page = json.loads(recorded)
    diavgeia = Diavgeia()
    diavgeia.add("ΔΟΚΙΜΗ-ΩΡ5", TODAY, submissionTimestamp=now())

    def recorded_page(number, body):
        info = page["info"] | {"query": json.loads(body)["info"]["query"]}
        return json.dumps(page | {"info": info}).encode()

    diavgeia.spoil = recorded_page
    with pytest.raises(FetchError, match="has 40 decisions on a page that should have 100"):
        harvest(diavgeia)


@pytest.mark.shared
def test_a_recorded_answer_to_a_question_that_was_cut_is_refused(shared, harvest):
    """Two years of issue were asked for, and the first 180 days of them were searched."""
    recorded = (
        shared / "data/decisions/diavgeia-api-fixtures/search/complex_search_result.json"
    ).read_bytes()
    diavgeia = Diavgeia()
    diavgeia.spoil = lambda number, body: recorded
    with pytest.raises(FetchError, match=r"something else than asked: .*2023-10-17"):
        harvest(diavgeia)
