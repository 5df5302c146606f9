"""`python -m bench.lanes`: how long a light query waits while many slow ones, no two alike, are asked."""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from support.graph import FixedVersions, numbers, publish

from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.sparql.pool.caller import Caller
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.request import QueryRequest

LIGHT = "SELECT ?o { <urn:s:7> <urn:p:value> ?o }"
SLOW = "SELECT (COUNT(*) AS ?n%d) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f + ?i = -1) }"
PAUSE_SECONDS = 0.02


async def measure(slow: int, seconds: float) -> None:
    """Print what a light query takes for so many seconds idle, and under so many slow ones."""
    with tempfile.TemporaryDirectory() as name:
        pool = QueryPool(Settings(), FixedVersions(publish(Path(name), numbers(1500))))
        await pool.start()
        await latencies(pool, 3.0)
        report("idle", await latencies(pool, seconds))
        flood = [asyncio.ensure_future(ask(pool, SLOW % n, f"192.0.2.{n}")) for n in range(slow)]
        report(f"beside {slow} slow shapes", await latencies(pool, seconds))
        print(f"slow ones that left the quick lane meanwhile: {slow - pool.lanes()['quick'].waiting}")
        for task in flood:
            task.cancel()
        await asyncio.gather(*flood, return_exceptions=True)
        await pool.close()


async def ask(pool: QueryPool, text: str, client: str) -> None:
    """Ask, whatever comes of it."""
    with suppress(KamaraError):
        await (await pool.ask(pool.inspect(text), QueryRequest(text), Caller(client))).read()


async def latencies(pool: QueryPool, seconds: float) -> list[float]:
    """Seconds that each light query took, asked one after the other."""
    taken, end = list[float](), time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        await ask(pool, LIGHT, "198.51.100.1")
        taken.append(time.perf_counter() - began)
        await asyncio.sleep(PAUSE_SECONDS)
    return taken


def report(when: str, taken: list[float]) -> None:
    """One line: how many, median, 95th percentile, longest, in milliseconds."""
    p95 = statistics.quantiles(taken, n=20)[-1]
    print(
        f"{when}: {len(taken)} light queries, median {statistics.median(taken) * 1e3:.1f} ms, "
        f"p95 {p95 * 1e3:.1f} ms, longest {max(taken) * 1e3:.1f} ms"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slow", type=int, default=60, help="slow queries that are asked at once")
    parser.add_argument("--seconds", type=float, default=8.0, help="length of each measurement")
    arguments = parser.parse_args()
    asyncio.run(measure(arguments.slow, arguments.seconds))
