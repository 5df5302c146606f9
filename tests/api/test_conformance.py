"""The W3C suites against a real server; the figures that the engine itself reaches are the floor."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

LOADER = f"{sys.executable} -m support.suite_server load"


@pytest.fixture
def suites(shared: Path) -> Path:
    folder = shared / "acceptance"
    if not folder.is_dir():
        pytest.skip(f"{folder} not there")
    return folder


@pytest.fixture
def environment(root: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(root / "tests")}


@pytest.fixture
def served(suites: Path, tmp_path: Path, environment: dict[str, str]) -> Iterator[str]:
    """A server over the protocol suite's data, with strict default graph."""
    data, folder, port = tmp_path / "data.nq", tmp_path / "versions", tmp_path / "port"
    folder.mkdir()
    check([sys.executable, str(suites / "sparql_protocol.py"), "--dump-data", str(data)], environment)
    check([*LOADER.split(), str(folder), str(data)], environment)
    server = subprocess.Popen(
        [sys.executable, "-m", "support.suite_server", "serve", str(folder), str(port)], env=environment
    )
    try:
        end = time.monotonic() + 30
        while not port.exists():
            assert server.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port.read_text()}/sparql"
    finally:
        server.terminate()
        server.wait(20)


def check(command: list[str], environment: dict[str, str], seconds: float = 250) -> str:
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    ).stdout


def figures(output: str) -> tuple[int, int]:
    found = re.search(r"^(\d+) passed, (\d+) failed", output, re.MULTILINE)
    assert found, output[-2000:]
    return int(found[1]), int(found[2])


def test_the_protocol_suite_passes_whole(suites: Path, served: str, environment: dict[str, str]) -> None:
    output = check([sys.executable, str(suites / "sparql_protocol.py"), served, "--preloaded"], environment)
    assert figures(output) == (117, 0), output[-3000:]


@pytest.mark.slow
def test_evaluation_fails_only_where_the_engine_does(
    suites: Path, served: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    command = [
        sys.executable,
        str(suites / "sparql_eval.py"),
        served,
        "--cli",
        f"{LOADER} {tmp_path}/versions {{file}}",
    ]
    output = check(command, environment, 290)
    passed, failed = figures(output)
    assert passed >= 327, output[-3000:]
    assert passed + failed == 338
