"""Jobs: a query that is too long to wait for is sent, asked after, and fetched when it is done."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from support.graph import FixedVersions, numbers, publish
from support.site import Page
from support.uvicorn_thread import running
from support.waiting import wait_until

from kamara.api.app import create_app
from kamara.config import JobSettings, QuerySettings, Settings
from kamara.sparql.versions import Version

THINGS = 300
ALL = "SELECT ?s ?v { ?s <urn:p:value> ?v }"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
ASYNC = {"prefer": "respond-async"}


@dataclass(frozen=True)
class Server:
    """A running server, and how to speak of its jobs."""

    client: httpx.Client

    def send(self, text: str, **more: str) -> str:
        """Send a query as a job; gives the job's address."""
        answer = self.client.get("/sparql", params={"query": text, **more}, headers=ASYNC)
        assert answer.status_code == 202, answer.text
        return f"/{answer.headers['location']}"

    def told(self, job: str) -> dict[str, object]:
        answer = self.client.get(job)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def until(self, job: str, *states: str) -> dict[str, object]:
        return eventually(lambda: self.told(job), lambda told: told["state"] in states)


def eventually(
    look: Callable[[], dict[str, object]], fits: Callable[[dict[str, object]], bool]
) -> dict[str, object]:
    """What `look` gives once it fits."""
    end = time.monotonic() + 60
    while not fits(told := look()):
        assert time.monotonic() < end, told
        time.sleep(0.02)
    return told


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Version:
    return publish(tmp_path_factory.mktemp("version"), numbers(THINGS))


@contextmanager
def served(version: Version, data: Path, query: dict[str, float], **jobs: float) -> Iterator[Server]:
    limits = QuerySettings.model_validate({"deadline_seconds": 1.0, "job_seconds": 60, **query})
    settings = Settings(data_dir=data, query=limits, jobs=JobSettings.model_validate(jobs))
    with (
        running(create_app(settings, FixedVersions(version))) as address,
        httpx.Client(base_url=address, timeout=60) as client,
    ):
        yield Server(client)


@pytest.fixture(scope="module")
def server(version: Version, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(version, tmp_path_factory.mktemp("data"), {}, per_client=100) as found:
        yield found


def test_a_query_becomes_a_job_and_its_answer_is_what_the_query_answers(server: Server) -> None:
    sent = server.client.post("/sparql", data={"query": ALL, "format": "csv"}, headers=ASYNC)
    assert sent.status_code == 202
    assert sent.headers["preference-applied"] == "respond-async"
    assert int(sent.headers["retry-after"]) > 0
    assert sent.json()["state"] in ("waiting", "running")
    job = f"/{sent.headers['location']}"
    told = server.until(job, "done")
    answer = server.client.get(f"/job/{told['result']}")
    direct = server.client.get("/sparql", params={"query": ALL, "format": "csv"})
    assert answer.content == direct.content
    assert answer.headers["content-type"] == direct.headers["content-type"]
    assert answer.headers["kamara-lane"] == "job"
    assert (told["rows"], told["bytes"], told["version"]) == (THINGS, len(answer.content), 1)
    assert told["sha256"] == sha256(answer.content).hexdigest()


def test_a_saved_query_becomes_a_job_too(server: Server) -> None:
    sent = server.client.get("/query/budget-as-of.json?day=2016-04-08", headers=ASYNC)
    assert sent.status_code == 202
    assert sent.headers["location"].startswith("../job/")
    server.until(f"/query/{sent.headers['location']}", "done")


@pytest.mark.parametrize("headers", [{}, {"Prefer": "respond-async"}])
@pytest.mark.parametrize(
    "address", ["/sparql?query=ASK%7B%7D", "/sparql?query=ASK", "/query/budget-as-of.csv?day=2016-04-08"]
)
def test_a_cache_keeps_answers_and_jobs_apart(server: Server, address: str, headers: dict[str, str]) -> None:
    """RFC 7240, section 2."""
    answer = server.client.get(address, headers=headers)
    assert "Prefer" in answer.headers["vary"].split(", "), answer.status_code


def test_the_answer_is_conditional_and_given_in_parts(server: Server) -> None:
    job = server.send(ALL, format="tsv")
    server.until(job, "done")
    plain = {"accept-encoding": "identity"}
    whole = server.client.get(f"{job}/result", headers=plain)
    fresh = server.client.get(f"{job}/result", headers={**plain, "if-none-match": whole.headers["etag"]})
    assert fresh.status_code == 304
    part = server.client.get(f"{job}/result", headers={**plain, "range": "bytes=10-29"})
    assert (part.status_code, part.content) == (206, whole.content[10:30])


def test_while_one_runs_the_next_waits_and_both_can_be_deleted(server: Server) -> None:
    first, second = server.send(ENDLESS), server.send(ENDLESS)
    told = eventually(lambda: server.told(first), lambda told: bool(told["seconds"]))
    assert told["state"] == "running"
    waiting = server.told(second)
    assert (waiting["state"], waiting["ahead"]) == ("waiting", 1)
    early = server.client.get(f"{first}/result")
    assert early.status_code == 409
    assert "retry-after" in early.headers
    for job in (first, second):
        assert server.client.delete(job).status_code == 204
        assert server.client.get(job).status_code == 404
    server.until(server.send(ALL), "done")


def test_a_light_query_does_not_wait_for_jobs(server: Server) -> None:
    job = server.send(ENDLESS)
    server.until(job, "running")
    assert server.client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
    server.client.delete(job)


def test_a_job_may_take_longer_than_a_query_that_somebody_waits_for(server: Server) -> None:
    text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER (?c < 40) }"
    job = server.send(text, format="csv")
    told = server.until(job, "done", "failed")
    assert told["state"] == "done", told
    assert server.client.get(f"{job}/result").text.split() == ["n", str(40 * THINGS**2)]


@pytest.mark.parametrize("language", ["el", "en"])
def test_a_person_sees_how_it_is_doing(server: Server, language: str) -> None:
    html = {"accept": "text/html", "accept-language": language}
    job = server.send(ENDLESS)
    page = server.client.get(job, headers=html)
    assert 'http-equiv="refresh"' in page.text
    server.client.delete(job)
    job = server.send(ALL)
    server.until(job, "done")
    page = server.client.get(job, headers=html)
    assert 'http-equiv="refresh"' not in page.text
    read = Page(page.text)
    assert (read.language, read.faults) == (language, [])
    assert f"..{job}/result" in read.hrefs


def test_what_is_refused_at_once_is_no_job(server: Server) -> None:
    for text, status in (
        ("DELETE WHERE { ?s ?p ?o }", 400),
        ("SELECT * { SERVICE <http://127.0.0.1/> {} }", 400),
    ):
        assert server.client.get("/sparql", params={"query": text}, headers=ASYNC).status_code == status
    assert server.client.get("/job/no-such").status_code == 404
    assert server.client.delete("/job/no-such").status_code == 404
    assert (
        server.client.get("/sparql", params={"query": ALL}, headers={"prefer": "wait=5"}).status_code == 200
    )


def test_what_only_the_engine_finds_wrong_is_told_where(server: Server) -> None:
    told = server.until(server.send("SELECT ?s { ?s ?p }"), "failed")
    problem = told["problem"]
    assert isinstance(problem, dict)
    assert (problem["status"], problem["type"], problem["line"]) == (400, "/problem/syntax", 1)


def test_one_that_fails_says_why_with_the_problem_of_the_query(version: Version, tmp_path: Path) -> None:
    with served(version, tmp_path, {"job_seconds": 0.5}) as server:
        job = server.send(ENDLESS)
        told = server.until(job, "failed")
        answer = server.client.get(f"{job}/result")
        assert answer.status_code == 504
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json() == told["problem"]
        assert answer.json()["type"] == "/problem/deadline"
        page = server.client.get(f"{job}.el.html")
        assert not Page(page.text).faults


def test_they_are_bounded_in_number_and_bytes(version: Version, tmp_path: Path) -> None:
    with served(version, tmp_path, {}, per_client=2, max_mb=1) as server:
        long = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
        job = server.send(long)
        told = server.until(job, "failed")
        assert "/problem/room" in str(told["problem"])
        server.until(server.send(ALL), "done")
        third = server.client.get("/sparql", params={"query": ALL}, headers=ASYNC)
        assert third.status_code == 429
        assert third.json()["limit"]["name"] == "jobs.per_client"
        assert server.client.delete(job).status_code == 204
        server.until(server.send(ALL), "done")


def test_what_was_done_survives_a_restart_and_what_ran_says_that_it_is_lost(
    version: Version, tmp_path: Path
) -> None:
    with served(version, tmp_path, {}) as server:
        done, cut = server.send(ALL, format="csv"), server.send(ENDLESS)
        server.until(done, "done")
        answer = server.client.get(f"{done}/result").content
        server.until(cut, "running")
    with served(version, tmp_path, {}) as server:
        assert server.client.get(f"{done}/result").content == answer
        told = server.told(cut)
        assert told["state"] == "failed"
        assert "was stopped" in str(told["problem"])


def test_an_answer_is_kept_for_the_stated_time_and_then_gone(version: Version, tmp_path: Path) -> None:
    with served(version, tmp_path, {}, keep_hours=1 / 3600) as server:
        job = server.send(ALL)
        wait_until(lambda: server.client.get(job).status_code == 404)
    assert list((tmp_path / "jobs").iterdir()) == []
