"""The demo, and the samples alone: every saved query finds something there with its defaults."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from support.command import KAMARA, kamara

# It lists decisions whose budget line does not exist; those of the samples and of the simulated city all do.
FINDS_NOTHING = {"across-lines-not-in-budget"}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@contextmanager
def running(data: Path, command: str) -> Iterator[str]:
    """`kamara demo` or `kamara serve` on a free port; gives the address that it prints."""
    server = subprocess.Popen(
        [KAMARA, "--data", data, command, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    try:
        assert server.stdout is not None
        told = ""
        for line in server.stdout:
            told += line
            if found := re.search(r"Serving on (http://127\.0\.0\.1:\d+)", line):
                break
        else:
            raise AssertionError(told)
        yield found[1]
    finally:
        server.kill()
        server.wait(20)


@pytest.fixture(scope="module", params=["demo", "samples"])
def client(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    data = tmp_path_factory.mktemp("data") / "data"
    if request.param == "samples":
        assert kamara("--data", data, "load").code == 0
    command = "demo" if request.param == "demo" else "serve"
    # the address is told a moment before it is listened at
    patient = httpx.HTTPTransport(retries=6)
    with (
        running(data, command) as address,
        httpx.Client(base_url=address, timeout=60, transport=patient) as opened,
    ):
        yield opened


def rows(client: httpx.Client, name: str) -> list[dict[str, dict[str, str]]]:
    """What a saved query answers with its defaults."""
    answer = client.get(f"/query/{name}.json")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, dict[str, str]]] = answer.json()["results"]["bindings"]
    return found


def test_every_saved_query_finds_something(client: httpx.Client) -> None:
    names = [one["name"] for one in client.get("/query").json()]
    assert {name for name in names if not rows(client, name)} == FINDS_NOTHING


def test_questions_of_what_is_wrong_show_it(client: httpx.Client) -> None:
    assert any(int(row["missing"]["value"]) > 0 for row in rows(client, "sensors-gaps"))
    assert any(int(row["without_readings"]["value"]) > 0 for row in rows(client, "sensors-raw-uplinks"))
    assert any(int(row["uplinks"]["value"]) > 0 for row in rows(client, "sensors-unregistered"))


def test_money_is_neither_nothing_nor_out_of_balance(client: httpx.Client) -> None:
    (balance,) = rows(client, "budget-balance")
    assert float(balance["expenditure"]["value"]) > 0
    assert balance["balanced"]["value"] == "true"
    for row in rows(client, "budget-execution-rate"):
        assert 0 < float(row["executedPercent"]["value"]) <= 100


def test_a_chain_leads_from_a_commitment_to_what_rests_on_it(client: httpx.Client) -> None:
    chain = rows(client, "decisions-chain")
    days = [row["date"]["value"] for row in chain]
    assert chain[0]["type"]["value"].endswith("/Β.1.3")
    assert {row["type"]["value"].rpartition("/")[2] for row in chain} & {"Β.2.1", "Β.2.2"}
    assert days == sorted(days)
