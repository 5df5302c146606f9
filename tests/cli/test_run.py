"""The schedule as a person runs it: once, for ever, and beside the server."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from support.command import KAMARA, in_town
from support.town import edit, found_town
from support.waiting import wait_until
from support.webserver import answering

from kamara.sparql.versions import Versions

TABLE = "key,name,next,since\n1,Παραλία,,\n".encode()
WAIT_SECONDS = 60


@pytest.fixture
def town(tmp_path):
    """A town whose source promises a day."""
    town = found_town(tmp_path)
    edit(town.source_folder / "source.toml", 'mode = "replace"', 'mode = "replace"\nfrequency = "P1D"')
    return town


def fetching_from(server):
    """The settings that let the town's source be fetched from `server`."""
    return {
        "KAMARA_SOURCES": json.dumps({"benches": {"fetch": {"kind": "http", "url": server.url()}}}),
        "KAMARA_FETCH__ALLOW_PRIVATE": json.dumps([server.authority]),
        "KAMARA_FETCH__RETRIES": "0",
        "KAMARA_FETCH__DELAY_SECONDS": "0",
    }


@contextmanager
def running(town, server, *words):
    """A command of the town that goes on by itself; its output is a file."""
    log = town.folder / "output"
    environment = {
        **os.environ,
        "KAMARA_DATA_DIR": str(town.settings.data_dir),
        "KAMARA_RESOURCES_DIR": str(town.settings.resources_dir),
        **fetching_from(server),
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [KAMARA, *words], cwd=town.folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield process, log
    finally:
        process.kill()
        process.wait(WAIT_SECONDS)


def has_loaded(town):
    return lambda: Versions(town.settings).current() is not None


def status(town, **environment):
    return in_town(town, "status", **environment).out


def test_once_loads_what_is_due_and_then_nothing_is(town):
    with answering(lambda asked: asked.reply(TABLE)) as server:
        first = in_town(town, "run", "--once", **fetching_from(server))
        second = in_town(town, "run", "--once", **fetching_from(server))
    assert (first.code, second.code) == (0, 0)
    assert "1 of 1 records" in first.out
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d EES?T ", first.out)
    assert second.out == "nothing is due\n"
    assert len(server.requests) == 1


def test_a_source_that_fails_is_told_and_tried_again_later(town):
    with answering(lambda asked: asked.reply(status=404)) as server:
        first = in_town(town, "run", "--once", **fetching_from(server))
        second = in_town(town, "run", "--once", **fetching_from(server))
        soon = in_town(town, "run", "--once", **fetching_from(server), KAMARA_RUN__RETRY_SECONDS="0.001")
    assert (first.code, second.code, soon.code) == (3, 0, 3)
    assert "kamara: benches: http://127.0.0.1" in first.refusal
    assert len(server.requests) == 2


def test_status_says_what_is_fresh_due_late_and_failed(town):
    assert re.search(r"benches +due +P1D", status(town))
    with answering(lambda asked: asked.reply(status=404)) as server:
        in_town(town, "run", "--once", **fetching_from(server))
        late = status(town)
        assert re.search(r"benches +late +P1D", late)
        assert "late: benches promises P1D, last came never" in late
        assert re.search(r"failed 1 times, last \d{4}-\d\d-\d\d .*: benches: http://.*no such file", late)
    with answering(lambda asked: asked.reply(TABLE)) as server:
        in_town(town, "load", **fetching_from(server))
    fresh = status(town)
    assert re.search(r"benches +fresh +P1D +\d{4}-\d\d-\d\d \d\d:\d\d EES?T", fresh)
    assert "failed" not in fresh
    (told,) = json.loads(in_town(town, "status", "--json").out)["sources"]
    assert (told["state"], told["failures"]) == ("fresh", 0)
    assert told["success"].endswith("+00:00")


def test_the_settings_can_change_the_frequency(town):
    by_hand = {"KAMARA_SOURCES": json.dumps({"benches": {"frequency": "manual"}})}
    assert re.search(r"benches +manual +manual", status(town, **by_hand))
    assert in_town(town, "run", "--once", **by_hand).out == "nothing is due\n"
    wrong = {"KAMARA_SOURCES": json.dumps({"benches": {"frequency": "daily"}})}
    answer = in_town(town, "run", "--once", **wrong)
    assert (answer.code, "sources.benches.frequency" in answer.refusal) == (2, True)


def test_a_frequency_that_is_none_is_refused(town):
    edit(town.source_folder / "source.toml", '"P1D"', '"daily"')
    assert "frequency: " in in_town(town, "run", "--once").refusal


def test_it_loads_what_is_due_and_ends_in_peace_on_sigterm(town):
    with (
        answering(lambda asked: asked.reply(TABLE)) as server,
        running(town, server, "run") as (process, log),
    ):
        wait_until(has_loaded(town))
        wait_until(lambda: "published version 1" in log.read_text())
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_SECONDS) == 0
        assert "Traceback" not in log.read_text()


def test_what_stops_a_load_is_a_line_and_does_not_end_the_schedule(town):
    edit(town.source_folder / "source.toml", '"P1D"', '"daily"')
    with (
        answering(lambda asked: asked.reply(TABLE)) as server,
        running(town, server, "run") as (process, log),
    ):
        wait_until(lambda: "frequency: " in log.read_text())
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_SECONDS) == 0
        assert "Traceback" not in log.read_text()


def test_sigterm_breaks_a_fetch_off(town):
    def answer(asked):
        asked.rfile.read(1)

    with answering(answer) as server, running(town, server, "run") as (process, log):
        wait_until(lambda: server.requests)
        process.send_signal(signal.SIGTERM)
        assert process.wait(WAIT_SECONDS) == 0
        assert "Traceback" not in log.read_text()
    assert list((town.settings.data_dir / "fetch").iterdir()) == []


def children(pid):
    """The processes that a process has started and that live."""
    lists = Path(f"/proc/{pid}/task").glob("*/children")
    return {int(word) for one in lists for word in one.read_text().split()}


def is_alive(pid):
    """Whether a process runs; one that has ended and that nobody asked for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
def test_beside_the_server_it_loads_and_ends_with_it(end, town):
    with (
        answering(lambda asked: asked.reply(TABLE)) as server,
        running(town, server, "serve", "--load", "--port", "0") as (process, log),
    ):
        wait_until(lambda: re.search(r"http://127\.0\.0\.1:\d+", log.read_text()))
        address = re.search(r"http://127\.0\.0\.1:\d+", log.read_text()).group()
        wait_until(lambda: httpx.get(f"{address}/health", timeout=30).json()["status"] == "ok")
        health = httpx.get(f"{address}/health", timeout=30).json()
        assert health["late"] == []
        (source,) = health["sources"]
        assert (source["source"], source["state"], source["frequency"]) == ("benches", "fresh", "P1D")
        started = children(process.pid)
        assert started
        process.send_signal(end)
        process.wait(WAIT_SECONDS)
        wait_until(lambda: not [pid for pid in started if is_alive(pid)])
        assert "Traceback" not in log.read_text()


def test_health_names_what_is_late_but_not_why(town):
    with answering(lambda asked: asked.reply(status=404)) as server:
        in_town(town, "run", "--once", **fetching_from(server))
        with running(town, server, "serve", "--port", "0") as (_, log):
            wait_until(lambda: re.search(r"http://127\.0\.0\.1:\d+", log.read_text()))
            address = re.search(r"http://127\.0\.0\.1:\d+", log.read_text()).group()
            health = httpx.get(f"{address}/health", timeout=30)
    assert health.json()["late"] == ["benches"]
    assert server.authority not in health.text


def test_a_source_that_cannot_be_described_does_not_stop_the_others(town):
    broken = town.settings.resources.mappings / "trees"
    broken.mkdir()
    (broken / "source.toml").write_text("name = ")
    with answering(lambda asked: asked.reply(TABLE)) as server:
        with running(town, server, "run") as (_, log):
            wait_until(has_loaded(town))
            wait_until(lambda: "trees/source.toml: is not TOML" in log.read_text())
        once = in_town(town, "run", "--once", **fetching_from(server))
    assert (once.code, "trees/source.toml: is not TOML" in once.refusal) == (3, True)
    assert town.labels() == {"1": "Παραλία"}
