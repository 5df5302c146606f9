"""Load rates of a simulated city, a source a row, beside the bare `bulk_load` of what the load published."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from kamara.config import load_settings
from kamara.loaders.pipeline import load
from kamara.loaders.source import choose, read_sources
from kamara.simulator.city import SETTINGS, simulate
from kamara.sparql.export import export

SOURCES = ("air-quality", "things-stack-uplinks", "decisions", "improvemycity", "edm-records")
_DAYS = 60


@dataclass(frozen=True)
class Rate:
    """What loading one source took: records, triples that it added, seconds."""

    source: str
    records: int
    triples: int
    seconds: float


def measure(folder: Path, scale: float) -> list[Rate]:
    """Load sources of a city of this scale one by one; the last row is the bare `bulk_load` of all."""
    settings = load_settings()
    simulate(folder / "city", scale, 1, settings.resources, _DAYS)
    settings = load_settings(folder / "city" / SETTINGS)
    sources = read_sources(settings.resources)
    load(settings, choose(sources, ["municipal-boundaries", "things-stack-devices", "air-quality-stations"]))
    rates = []
    for name in SOURCES:
        begin = time.perf_counter()
        report = load(settings, choose(sources, [name]))
        seconds = time.perf_counter() - begin
        (own,) = (outcome.counts for outcome in report.outcomes if outcome.dataset == name)
        rates.append(Rate(name, own.records, own.added, seconds))
    if report.version is None:
        raise AssertionError(f"the load failed: {report.failures}")
    quads = folder / "published.nq"
    export(report.version, quads)
    return [*rates, Rate("bulk_load of all", 0, report.version.quads, _bulk_load(folder / "bare", quads))]


def _bulk_load(folder: Path, quads: Path) -> float:
    begin = time.perf_counter()
    store = Store(str(folder))
    store.bulk_load(path=str(quads), format=RdfFormat.N_QUADS)
    store.flush()
    seconds = time.perf_counter() - begin
    del store
    shutil.rmtree(folder, ignore_errors=True)
    return seconds


def print_rates(rates: list[Rate], scale: float) -> None:
    """The table of rates. What is derived from a source is in its seconds, and not in its triples."""
    print(f"\nsimulated city of scale {scale}, {_DAYS} days")
    for rate in rates:
        speed = rate.triples / rate.seconds
        print(f"{rate.source:24}{rate.records:>10,} records{rate.triples:>12,} triples{speed:>10,.0f}/s")
