from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from support.command import KAMARA, kamara


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`kamara serve` on a free port; gives the process and the address that it prints."""
    server = subprocess.Popen(
        [KAMARA, "--data", folder, "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "COLUMNS": "200"},
    )
    try:
        assert server.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", server.stdout.readline())
        assert found
        yield server, found.group()
    finally:
        server.kill()
        server.wait(20)


def test_it_prints_the_real_port_and_answers_before_the_first_load(tmp_path: Path) -> None:
    with serving(tmp_path) as (_, address):
        answer = httpx.get(f"{address}/health", timeout=30)
        assert (answer.status_code, answer.json()["status"]) == (503, "empty")


def test_it_ends_in_peace_on_sigterm(tmp_path: Path) -> None:
    with serving(tmp_path) as (server, address):
        httpx.get(f"{address}/health", timeout=30)
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) in (0, -signal.SIGTERM)
        assert server.stdout is not None
        assert "Traceback" not in server.stdout.read()


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        answer = kamara("--data", tmp_path, "serve", "--port", str(taken.getsockname()[1]))
    assert answer.code == 1
    assert "is in use by another program" in answer.err.splitlines()[-1]
    assert "Traceback" not in answer.err


def test_an_address_of_another_machine_is_one_line(tmp_path: Path) -> None:
    answer = kamara("--data", tmp_path, "serve", "--host", "192.0.2.1", "--port", "0")
    assert (answer.code, "192.0.2.1:0" in answer.refusal) == (1, True)


def test_help_has_an_example() -> None:
    assert "kamara serve --host" in kamara("serve", "--help").out
    assert "kamara query budget-as-of" in kamara("query", "--help").out
