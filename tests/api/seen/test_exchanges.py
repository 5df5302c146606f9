"""A server seen from outside: its numbers for Prometheus, and its query log."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from support.graph import FixedVersions, numbers, publish
from support.uvicorn_thread import running

from kamara.api.app import create_app
from kamara.api.seen.numbers import standing
from kamara.api.seen.querylog import Entry, read_entries
from kamara.config import Settings
from kamara.sparql.layout import Layout

ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f + ?i = -1) }"
SECRET = "Anonymou"


class Seen:
    """A server and what it shows."""

    def __init__(self, client: httpx.Client, folder: Path) -> None:
        self.client = client
        self.folder = folder

    def ask(self, text: str, **parameters: str) -> httpx.Response:
        return self.client.get("/sparql", params={"query": text, "format": "json", **parameters})

    def samples(self) -> dict[tuple[str, tuple[str, ...]], float]:
        """Every sample by its name and the values of its labels."""
        answer = self.client.get("/metrics")
        assert answer.status_code == 200
        families = text_string_to_metric_families(answer.text)
        return {
            (one.name, tuple(one.labels.values())): one.value for family in families for one in family.samples
        }

    def entries(self) -> list[Entry]:
        return list(read_entries(self.folder))

    def later(self, wanted: Callable[[], bool]) -> None:
        """Wait until it is so: what is counted when an answer ends comes a moment after it."""
        end = time.monotonic() + 20
        while not wanted():
            assert time.monotonic() < end
            time.sleep(0.02)

    def last(self, wanted: Callable[[Entry], bool]) -> Entry:
        """The entry that the log ends up with."""
        self.later(lambda: any(wanted(entry) for entry in self.entries()))
        return next(entry for entry in reversed(self.entries()) if wanted(entry))


def seen_at(folder: Path, **options: object) -> Settings:
    (folder / "data").mkdir()
    query = {"deadline_seconds": 1.0, "quick_seconds": 0.2}
    return Settings(data_dir=folder / "data", query=query, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("seen")
    versions = FixedVersions(publish(tmp_path_factory.mktemp("version"), numbers(1500)))
    settings = seen_at(folder, query_log={"texts": True})
    with (
        running(create_app(settings, versions)) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield Seen(client, Layout(settings.data_dir).queries)


def test_a_query_is_counted_in_its_lane_with_its_work(seen: Seen) -> None:
    before = seen.samples()
    assert seen.ask("SELECT * { ?s ?p 7 }").status_code == 200
    after = seen.samples()
    key = ("kamara_queries_total", ("quick", "answered"))
    assert after[key] == before.get(key, 0) + 1
    assert after[("kamara_query_seconds_count", ("quick",))] >= after[key]
    assert after[("kamara_workers", ("quick",))] >= 1
    assert after[("kamara_http_responses_total", ("200",))] > before.get(
        ("kamara_http_responses_total", ("200",)), 0
    )


def test_a_repeated_question_is_a_hit_of_the_cache(seen: Seen) -> None:
    def hits() -> float:
        return seen.samples()[("kamara_cache_requests_total", ("hit",))]

    seen.ask("SELECT * { ?s ?p 8 }")
    before = hits()
    seen.ask("SELECT * { ?s ?p 8 }")
    assert hits() == before + 1


def test_a_query_past_its_deadline_is_counted_with_the_worker_that_it_cost(seen: Seen) -> None:
    assert seen.ask(ENDLESS).status_code == 504
    found = seen.samples()
    assert sum(value for key, value in found.items() if key[0] == "kamara_workers_killed_total") >= 1
    assert any(key[0] == "kamara_queries_total" and "deadline" in key[1] for key in found)
    entry = seen.last(lambda one: one.status == 504)
    assert (entry.problem, entry.form, entry.whole) == ("deadline", "SELECT", True)


def test_the_log_says_what_a_query_cost_and_not_what_it_said(seen: Seen) -> None:
    text = f"SELECT ?{SECRET} {{ ?{SECRET} ?p 9 FILTER(STR(?p) != '{SECRET}') }} # {SECRET}"
    answer = seen.ask(text)
    entry = seen.last(lambda one: one.form == "SELECT" and one.status == 200 and "STR" in (one.text or ""))
    assert (entry.format, entry.lane, entry.rows, entry.version) == ("json", "quick", 1, 1)
    assert entry.bytes == answer.num_bytes_downloaded
    assert entry.seconds is not None
    assert 0 <= entry.seconds <= entry.total
    written = b"".join(file.read_bytes() for file in seen.folder.iterdir())
    assert SECRET.encode() not in written
    for told in ("127.0.0.1", "httpx", "python"):
        assert told.encode() not in written


def test_a_saved_query_is_logged_by_its_name(seen: Seen) -> None:
    assert seen.client.get("/query/budget-as-of.csv").status_code == 200
    entry = seen.last(lambda one: one.name == "budget-as-of")
    assert (entry.format, entry.status) == ("csv", 200)


@pytest.mark.parametrize(
    ("text", "problem"), [(f"SELECT {SECRET} {SECRET}", "syntax"), ("DROP ALL", "update")]
)
def test_a_refusal_is_logged_by_its_kind(seen: Seen, text: str, problem: str) -> None:
    before = len(seen.entries())
    assert seen.ask(text).status_code in (400, 501)
    entry = seen.last(lambda one: one.problem == problem)
    seen.later(lambda: len(seen.entries()) > before)
    assert entry.lane is None


def test_a_client_that_leaves_is_written_down_as_such(seen: Seen) -> None:
    place = urlsplit(str(seen.client.base_url))
    asked = httpx.Request("GET", seen.client.base_url.join("/sparql"), params={"query": ENDLESS})
    with socket.create_connection((str(place.hostname), int(place.port or 0))) as connection:
        connection.sendall(b"GET " + asked.url.raw_path + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        running_now = ("kamara_queries_running", ("quick",)), ("kamara_queries_running", ("long",))
        seen.later(lambda: any(seen.samples()[one] for one in running_now))
    assert not seen.last(lambda one: one.status == 499).whole


def test_numbers_can_be_moved_off_the_public_port(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    app = create_app(seen_at(tmp_path, http={"metrics": place}), FixedVersions(None))
    with running(app) as address, standing(app.metrics, place):
        assert httpx.get(f"{address}/metrics").status_code == 404
        assert "kamara_http_responses_total" in httpx.get(f"http://{place}/metrics").text
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{place}/metrics")


def test_numbers_and_log_can_be_turned_off(tmp_path: Path) -> None:
    versions = FixedVersions(publish(tmp_path / "version", numbers(3)))
    settings = seen_at(tmp_path, http={"metrics": "off"}, query_log={"max_mb": 0})
    with running(create_app(settings, versions)) as address:
        assert httpx.get(f"{address}/metrics").status_code == 404
        assert httpx.get(f"{address}/sparql", params={"query": "ASK {}"}).status_code == 200
    assert list((tmp_path / "data").iterdir()) == []
