"""The W3C suites against a real server; the figures that the engine itself reaches are the floor."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.suite_server import load

LOADER = [sys.executable, "-m", "support.suite_server", "load"]
# pyoxigraph 0.5.13 by itself, in process, fails these of the 338.
ENGINE_FAILS = {
    "aggregates/agg-empty-group-count-graph",
    "aggregates/agg-groupconcat-04",
    "aggregates/agg-groupconcat-06",
    "bindings/graph",
    "csv-tsv-res/tsv03",
    "functions/bnode01",
    "negation/graph-minus",
    "property-path/zero_or_more_set_end",
    "property-path/zero_or_more_set_start",
    "property-path/zero_or_one_set_end",
    "property-path/zero_or_one_set_start",
}


@pytest.fixture
def suites(shared: Path) -> Path:
    folder = shared / "acceptance"
    if not folder.is_dir():
        pytest.skip(f"{folder} not there")
    return folder


@pytest.fixture
def environment(root: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "tests"), str(root / "src")])}


@pytest.fixture
def served(suites: Path, tmp_path: Path, environment: dict[str, str]) -> Iterator[str]:
    """A server over the protocol suite's data, with strict default graph."""
    data, folder, port = tmp_path / "data.nq", tmp_path / "versions", tmp_path / "port"
    folder.mkdir()
    check([sys.executable, str(suites / "sparql_protocol.py"), "--dump-data", str(data)], environment)
    check([*LOADER, str(folder), str(data)], environment)
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


@pytest.fixture
def loading(served: str, tmp_path: Path) -> Iterator[str]:
    """A shell command that publishes a file: it asks this process, as one for each test takes longer."""
    asked, told = tmp_path / "asked", tmp_path / "told"
    for pipe in (asked, told):
        os.mkfifo(pipe)

    def serve() -> None:
        while name := asked.read_text().strip():
            load(tmp_path / "versions", Path(name))
            told.write_text("loaded\n")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"echo {{file}} > {asked} && grep -q loaded {told}"
    # An empty word ends the thread; nobody may be there to read it.
    with contextlib.suppress(OSError):
        os.close(os.open(asked, os.O_WRONLY | os.O_NONBLOCK))
    thread.join(10)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_evaluation_fails_only_where_the_engine_does(
    suites: Path, served: str, loading: str, tmp_path: Path, environment: dict[str, str]
) -> None:
    details = tmp_path / "details.json"
    script = str(suites / "sparql_eval.py")
    output = check(
        [sys.executable, script, served, "--cli", loading, "--json", str(details)], environment, 840
    )
    assert sum(figures(output)) == 338
    failed = {line.split(":")[0].removeprefix("FAIL  ") for line in output.splitlines() if line[:4] == "FAIL"}
    assert failed == ENGINE_FAILS
