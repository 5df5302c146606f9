"""`make bench`, the way out: answers a second of `kamara serve` beside `oxigraph serve-read-only`.

Both serve the same triples at once; one client asks them in turn, so that what else the machine does meets
both.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path
from statistics import median
from urllib.parse import quote_plus

from bench import load, mapping
from bench.httpclient import Measured, ask, asking
from bench.memory import Peak
from rich.console import Console
from rich.table import Table

from kamara.config import Settings
from kamara.loaders.pipeline import load as load_sources
from kamara.loaders.source import read_sources
from kamara.resources import DEFAULT_BASE

LIGHT = (
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
    "SELECT ?p ?o WHERE {{ <{base}id/line/{key}> ?p ?o ; rdfs:label ?label }}"
)
SLOW = "SELECT (COUNT(*) AS ?n) WHERE {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f + ?i = {number}) }}"
CONNECTIONS, SLOW_CONNECTIONS = 8, 200
_START_SECONDS = 60

Rates = dict[str, dict[str, list[float]]]


class Server:
    """A server and the path under which it takes queries."""

    def __init__(self, name: str, path: str, command: Sequence[str | Path]) -> None:
        self.name = name
        self._path = path
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self._command = [str(part).replace("PORT", str(self.port)) for part in command]

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run it; it answers once the context begins."""
        with subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                self._await()
                yield process
            finally:
                process.terminate()

    def request(self, query: str) -> bytes:
        """The bytes of a GET."""
        return (
            f"GET {self._path}?query={quote_plus(query)} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            "Accept: application/sparql-results+json\r\n\r\n"
        ).encode()

    def _await(self) -> None:
        end = time.monotonic() + _START_SECONDS
        while True:
            try:
                address = f"http://127.0.0.1:{self.port}{self._path}?query={quote_plus('ASK {}')}"
                with urllib.request.urlopen(address, timeout=5) as answer:
                    answer.read()
                    return
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)


def main(rows: int, runs: int, seconds: float) -> None:
    """Measure both, `runs` times, and print medians."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        keys = _load(folder, rows)
        servers = _servers(folder)
        once = [LIGHT.format(base=DEFAULT_BASE, key=keys[0])]
        # Each query differs from all before it, also from those of the run before.
        distinct = [LIGHT.format(base=DEFAULT_BASE, key=key) for key in keys]
        _print_rates(_rates(servers, once, distinct, runs, seconds), rows, runs)
        # One after the other: the slow queries of one may run on when nobody waits for them any more.
        for server in servers:
            with server.running() as process:
                _flood(server, process.pid, distinct, seconds)


def _rates(
    servers: Sequence[Server], once: Sequence[str], distinct: Sequence[str], runs: int, seconds: float
) -> Rates:
    """Answers a second, by server and by what was asked."""
    rates: Rates = {server.name: {"repeated": [], "distinct": []} for server in servers}
    with ExitStack() as stack:
        for server in servers:
            stack.enter_context(server.running())
        for run, server in product(range(runs), servers):
            marked = [f"{query} # {run}" for query in distinct]
            for what, queries in (("repeated", once), ("distinct", marked)):
                found = ask(server.port, [server.request(one) for one in queries], seconds, CONNECTIONS)
                rates[server.name][what].append(_sound(found).rate)
    return rates


def _load(folder: Path, rows: int) -> list[str]:
    """Load a table of lines; gives their keys."""
    table = folder / "rows.csv"
    mapping.write_rows(table, rows)
    load.settle(folder)
    settings = Settings(data_dir=folder / "data", resources_dir=folder)
    report = load_sources(settings, list(read_sources(settings.resources).values()), table)
    if report.failures or report.version is None:
        raise AssertionError(f"the load failed: {report.failures}")
    shutil.copytree(report.version.store, folder / "store")
    found = (line.split(",") for line in table.read_text(encoding="utf-8").splitlines()[1:])
    return [f"{fields[0]}~{fields[3]}" for fields in found]


def _servers(folder: Path) -> list[Server]:
    programs = Path(sys.executable).parent
    oxigraph = [
        programs / "oxigraph",
        "serve-read-only",
        "--union-default-graph",
        "--location",
        folder / "store",
    ]
    kamara = [programs / "kamara", "--data", folder / "data", "serve", "--port", "PORT"]
    return [
        Server("oxigraph", "/query", [*oxigraph, "--bind", "127.0.0.1:PORT"]),
        Server("kamara", "/sparql", kamara),
    ]


def _sound(found: Measured) -> Measured:
    if not found.latencies or found.refused or found.broken:
        raise AssertionError(
            f"{found.refused} refused, {found.broken} broken, {len(found.latencies)} answered"
        )
    return found


def _print_rates(rates: Rates, rows: int, runs: int) -> None:
    title = f"{rows * mapping.TRIPLES_A_ROW:,} triples, {runs} runs, {CONNECTIONS} connections, answers/s"
    table = Table("light queries", *rates, "kamara / oxigraph", title=title, title_justify="left")
    for what in ("repeated", "distinct"):
        oxigraph, kamara = (median(rates[name][what]) for name in ("oxigraph", "kamara"))
        table.add_row(what, f"{oxigraph:,.0f}", f"{kamara:,.0f}", f"{kamara / oxigraph:.2f}")
    Console(width=120).print(table)


def _flood(server: Server, pid: int, light: Sequence[str], seconds: float) -> None:
    """The p95 of light queries, one at a time, without and with slow ones that keep coming."""
    asked = [server.request(f"{query} # idle") for query in light]
    idle = ask(server.port, asked, seconds, 1)
    slow = [server.request(SLOW.format(number=-number)) for number in range(1, 5 * SLOW_CONNECTIONS)]
    asked = [server.request(f"{query} # flood") for query in light]
    with Peak(pid) as peak, asking(server.port, slow, 3600, SLOW_CONNECTIONS):
        time.sleep(min(seconds, 3.0))
        flooded = ask(server.port, asked, seconds * 2, 1)
    print(
        f"{server.name}: light p95 idle {idle.p95 * 1000:.1f} ms, under {SLOW_CONNECTIONS} slow clients "
        f"{flooded.p95 * 1000:.1f} ms (x{flooded.p95 / idle.p95:.1f}), {len(flooded.latencies)} answered, "
        f"{flooded.refused} refused; peak memory {peak.mib:,.0f} MiB"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.serving", description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the table, seven triples each")
    parser.add_argument("--runs", type=int, default=5, help="runs of each measurement; the median is shown")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of each measurement")
    arguments = parser.parse_args()
    main(arguments.rows, arguments.runs, arguments.seconds)
