"""Citizens' requests come whole from an Open311 server, without what their reporters gave of themselves."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from lxml import etree
from support.cityhall import KEY, CityHall
from support.webserver import answering

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.georeport import JSON, XML
from kamara.loaders.fetch.kinds import Open311Fetch

NOW = datetime.now(UTC).replace(microsecond=0)
FIRST = NOW - timedelta(days=300)


@pytest.fixture
def hall():
    """Requests of ten months, a few of them lately."""
    made = CityHall()
    for number in range(10):
        made.put(f"2016-{number}", FIRST + timedelta(days=30 * number + 1))
    for number in range(3):
        made.put(f"new-{number}", NOW - timedelta(hours=5 * number + 1))
    return made


@pytest.fixture
def harvest(fetched):
    """Harvest from a stand-in; what the last harvest gave is kept and remembered when it is given."""

    def run(hall, last=None, limits=None, **others):
        memo, kept = (last.memo, last.files or ()) if last else ({}, ())
        with hall.served() as server:
            told = {"url": server.url("/open311/v2"), "since": FIRST.date()} | others
            return fetched(server, Open311Fetch(kind="open311", **told), memo, kept, **(limits or {}))

    return run


def requests(fetched):
    """Number -> request of all files."""
    found = {}
    for path in fetched.files:
        if path.suffix == ".json":
            listed = json.loads(path.read_text(encoding="utf-8"))
        else:
            listed = [{part.tag: part.text for part in one} for one in etree.parse(path).iter("request")]
        found |= {one["service_request_id"]: one for one in listed}
    return found


def test_all_requests_come_by_windows(hall, harvest):
    assert requests(harvest(hall)) == hall.requests
    spans = [(query["start_date"], query["end_date"]) for query in hall.queries]
    assert all(first[1] == second[0] for first, second in pairwise(spans))
    assert len(spans) == 4
    assert "page" not in hall.queries[0]


def test_xml_comes_as_xml(hall, harvest):
    came = requests(harvest(hall, format="xml"))
    assert {number: one["description"] for number, one in came.items()} == {
        number: one["description"] for number, one in hall.requests.items()
    }


def test_an_answer_that_may_be_cut_is_asked_for_in_halves(hall, harvest):
    hall.most = 2
    assert requests(harvest(hall, limit=2)) == hall.requests


def test_an_hour_that_may_be_cut_is_refused(hall, harvest):
    hall.most = 2
    hall.put("new-9", NOW - timedelta(hours=1))
    with pytest.raises(FetchError, match=r"gives 2 requests of the hour.*perhaps not all.*fetch\.page_size"):
        harvest(hall, limit=2)


def test_pages_are_read_to_the_last_however_short_they_are(hall, harvest):
    hall.pages, hall.most = True, 2
    assert requests(harvest(hall, page_size=100)) == hall.requests


def test_a_server_that_knows_no_pages_is_asked_in_halves(hall, harvest):
    hall.most = 2
    assert requests(harvest(hall, page_size=100, limit=2)) == hall.requests


def test_what_moves_from_page_to_page_is_not_lost(hall, harvest):
    def put_in_between(number):
        if number == 1:
            hall.put("between", FIRST + timedelta(days=80))

    hall.pages, hall.after = True, put_in_between
    assert requests(harvest(hall, page_size=2)) == hall.requests


def test_only_what_is_new_is_asked_for_the_next_time_with_an_overlap(hall, harvest):
    first = harvest(hall)
    hall.queries.clear()
    hall.put("new-0", NOW - timedelta(hours=1), NOW, status="closed")
    hall.put("new-4", NOW)
    del hall.requests["new-1"]
    second = harvest(hall, first)
    assert [query["start_date"][:10] for query in hall.queries] == [
        (datetime.fromisoformat(first.memo["until"]) - timedelta(days=30)).date().isoformat()
    ]
    assert requests(second) == hall.requests


def test_what_is_withdrawn_goes_with_the_next_harvest_of_its_time(hall, harvest):
    hall.put("withdrawn", NOW - timedelta(days=9))
    first = harvest(hall)
    assert "withdrawn" in requests(first)
    del hall.requests["withdrawn"]
    assert "withdrawn" not in requests(harvest(hall, first))


def test_a_server_that_can_tell_is_asked_for_what_changed(hall, harvest):
    first = harvest(hall, incremental="updated_after")
    hall.queries.clear()
    hall.put("2016-2", FIRST + timedelta(days=61), NOW, status="closed")
    second = harvest(hall, first, incremental="updated_after")
    assert requests(second) == hall.requests
    assert {query["updated_after"][:10] for query in hall.queries} == {
        (datetime.fromisoformat(first.memo["until"]) - timedelta(days=30)).date().isoformat()
    }


def test_nothing_changed_is_not_modified(harvest):
    hall = CityHall()
    hall.put("old", FIRST + timedelta(days=9))
    first = harvest(hall, incremental="updated_after")
    assert harvest(hall, first, incremental="updated_after").files is None
    assert harvest(hall, harvest(hall)).files is None


def test_all_is_asked_for_again_after_a_while(hall, harvest):
    first = harvest(hall)
    long_ago = (NOW - timedelta(days=8)).isoformat()
    hall.queries.clear()
    harvest(hall, type(first)(first.files, {"until": first.memo["until"], "full": long_ago}))
    assert hall.queries[0]["start_date"][:10] == FIRST.date().isoformat()


def test_a_city_without_requests_is_an_empty_list(harvest):
    assert requests(harvest(CityHall())) == {}


@pytest.mark.parametrize("style", ["json", "xml"])
def test_what_reporters_gave_of_themselves_is_never_kept(style, hall, harvest, tmp_path):
    personal = {
        "email": "person@example.org",
        "first_name": "Κάποιος",
        "last_name": "Δείνα",
        "phone": "2310000000",
    }
    hall.put("new-0", NOW - timedelta(hours=1), **personal)
    came = harvest(hall, format=style)
    assert "new-0" in requests(came)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any(value.encode() in written for value in personal.values())


def test_numbers_are_kept_as_they_are_written(hall, harvest):
    hall.spoil = lambda number, body: body.replace(b"40.63", b"40.630")
    assert all(b'"lat": 40.630' in path.read_bytes() for path in harvest(hall).files)


def test_a_request_that_has_no_number_yet_waits(hall, harvest):
    hall.put("", NOW - timedelta(hours=1), token="t-1")
    assert "" not in requests(harvest(hall))


def test_requests_of_another_time_are_refused(hall, harvest):
    hall.filters = False
    with pytest.raises(FetchError, match=r"gives request .* asked for those from .*start_date"):
        harvest(hall)


@pytest.mark.parametrize("style", ["json", "xml"])
def test_the_key_is_sent_and_stands_nowhere(style, hall, harvest, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    hall.key = KEY
    came = harvest(hall, api_key=KEY, jurisdiction_id="thessaloniki.gr", format=style)
    assert {query["api_key"] for query in hall.queries} == {KEY}
    assert {query["jurisdiction_id"] for query in hall.queries} == {"thessaloniki.gr"}
    with pytest.raises(FetchError) as refusal:
        harvest(hall, api_key="wrong", format=style)
    assert "refuses access (status 403): 403 api_key *** is not valid" in str(refusal.value)
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()).decode()
    for secret in (KEY, "wrong", "secret+key", "secret%20key"):
        assert secret not in f"{caplog.text} {came.memo} {refusal.value} {written}"


def test_the_key_does_not_follow_a_redirect_elsewhere(hall, fetched):
    with hall.served() as other:

        def redirect(asked):
            asked.reply(status=302, Location=other.url(f"/open311/v2{asked.path}"))

        with answering(redirect) as server:
            wanted = Open311Fetch(kind="open311", url=server.url(), since=FIRST.date(), api_key=KEY)
            fetched(server, wanted, allow_private=[server.authority, other.authority])
    assert all("api_key" in path for path, _ in server.requests)
    assert not any("api_key" in query for query in hall.queries)


def test_a_server_that_repeats_the_key_in_a_redirect_tells_it_nobody(fetched, caplog):
    caplog.set_level(logging.INFO)

    def redirect(asked):
        if asked.path.startswith("/old"):
            asked.reply(status=302, Location=asked.path.replace("/old", "/new"))
        else:
            asked.reply(b"[]")

    with answering(redirect) as server:
        wanted = Open311Fetch(kind="open311", url=server.url("/old"), since=FIRST.date(), api_key=KEY)
        fetched(server, wanted)
    assert all(path.count("api_key=") == 1 for path, _ in server.requests)
    assert not any(secret in caplog.text for secret in (KEY, "secret+key", "secret%20key"))


FAILURES = {
    "half": (lambda body: body[: len(body) // 2], "answers no whole JSON"),
    "page": (lambda body: b"<html><body>Down</body></html>", "answers a web page"),
    "errors": (lambda body: b'[{"code": 400, "description": "start_date"}]', "refuses: 400 start_date"),
    "errors in an object": (
        lambda body: b'{"errors": [{"code": 500, "description": "x"}]}',
        "refuses: 500 x",
    ),
    "something else": (lambda body: b"[1]", "no whole JSON of GeoReport"),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_what_is_no_answer_is_refused_in_one_line(failure, hall, harvest):
    change, reason = FAILURES[failure]
    hall.spoil = lambda number, body: change(body)
    with pytest.raises(FetchError, match=reason) as refusal:
        harvest(hall)
    assert "\n" not in str(refusal.value)
    assert "http://127.0.0.1" in str(refusal.value)


@pytest.mark.parametrize(
    "body",
    [
        b"<errors><error><code>404</code><description>jurisdiction</description></error></errors>",
        b"<services/>",
        b"<x",
    ],
)
def test_what_is_no_answer_in_xml_is_refused(body, hall, harvest):
    hall.spoil = lambda number, _: body
    with pytest.raises(FetchError, match=r"404 jurisdiction|no whole XML"):
        harvest(hall, format="xml")


@pytest.mark.parametrize("style", ["json", "xml"])
def test_the_services_are_one_file(style, hall, harvest):
    (path,) = harvest(hall, what="services", format=style).files
    assert path.name == f"services.{style}"
    assert b"001" in path.read_bytes()


@pytest.mark.parametrize("wrong", [{"window": "P91D"}, {"format": "csv"}, {"limit": 0}])
def test_settings_that_the_standard_does_not_know_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Open311Fetch(kind="open311", url="http://example.org/v2", **wrong)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["service_requests.json", "requests_many.xml"])
def test_real_answers_come_whole(name, shared, fetched):
    body = (shared / "data" / "issues" / "open311-fixtures" / name).read_bytes()
    dialect = JSON if name.endswith("json") else XML
    days = sorted(request.requested for request in dialect.read(body))
    first = days[0].date()

    def once(asked):
        asked.reply(body if asked.count == 1 else b"[]" if dialect is JSON else b"<service_requests/>")

    with answering(once) as server:
        wanted = Open311Fetch(
            kind="open311", url=server.url(), since=first, format=name.rpartition(".")[2], full_after="P1D"
        )
        came = fetched(server, wanted)
    if dialect is JSON:
        original = {one["service_request_id"]: one for one in json.loads(body)}
    else:
        original = {
            one.findtext("service_request_id"): {part.tag: part.text for part in one}
            for one in etree.fromstring(body).iter("request")
        }
    assert requests(came) == original
