"""Load and publish rates: the whole `kamara load` of one source into a new data folder, and its parts.

The yardstick is the bare `pyoxigraph.Store.bulk_load` of the very N-Quads that the load published.
"""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from bench.frame import Measurement
from bench.mapping import MAPPING
from pyoxigraph import RdfFormat, Store

from kamara.config import Settings
from kamara.loaders.pipeline import LoadReport, load
from kamara.loaders.source import read_sources
from kamara.resources import DEFAULT_BASE
from kamara.sparql.export import export
from kamara.sparql.watcher import Watcher

LINES = Path(__file__).with_name("lines")


class StepClock(Watcher):
    """Remembers when each named step of a load was first and last done."""

    def __init__(self) -> None:
        self.first: dict[str, float] = {}
        self.last: dict[str, float] = {}

    def step(self, name: str) -> None:
        """Note the time."""
        self.last[name] = time.perf_counter()
        self.first.setdefault(name, self.last[name])


def settle(folder: Path) -> Path:
    """Write the resources of the measured source into `folder`; gives the mapping's path."""
    source = folder / "mappings" / "lines"
    source.mkdir(parents=True)
    (folder / "ontology" / "codes").mkdir(parents=True)
    (folder / "shapes").mkdir()
    shutil.copy(LINES / "source.toml", source)
    shutil.copy(LINES / "lines.ttl", folder / "shapes")
    mapping = source / "mapping.rml.ttl"
    mapping.write_text(MAPPING.replace("http://example.org/id/", f"{DEFAULT_BASE}id/"), encoding="utf-8")
    return mapping


def measure(folder: Path, rows: Path, runs: int) -> list[Measurement]:
    """Load the table `rows` into new data folders, `runs` times, each time beside the bare bulk_load."""
    bulk, whole = Measurement("bulk_load", 0), Measurement("load, whole", 0)
    parts = ("map, validate, sort", "diff, append to the log, fsync", "project to the store", "publish")
    timed = [Measurement(f"load: {part}", 0) for part in parts]
    for number in range(runs):
        settings = Settings(data_dir=folder / f"data-{number}", resources_dir=folder)
        clock = StepClock()
        with whole.run():
            clock.step("start")
            report = load(settings, list(read_sources(settings.resources).values()), rows, clock)
        quads = _published(report, folder / "published.nq")
        for part, seconds in zip(timed, _parts(clock), strict=True):
            part.seconds.append(seconds)
        for one in (bulk, whole, *timed):
            one.triples = quads
        _bulk_load(folder, bulk)
        shutil.rmtree(settings.data_dir)
    return [bulk, whole, *timed]


def _parts(clock: StepClock) -> tuple[float, ...]:
    """Seconds of each part. The ontology is committed first: a commit's last times are the source's."""
    first, last = clock.first, clock.last
    return (
        last["commit.begin"] - first["start"],
        last["commit.acknowledged"] - last["commit.begin"],
        last["project.position"] - first["project.begin"],
        last["publish.current"] - first["publish.begin"],
    )


def _published(report: LoadReport, target: Path) -> int:
    if report.failures or report.version is None:
        raise AssertionError(f"the load failed: {report.failures}")
    export(report.version, target)
    return report.version.quads


def _bulk_load(folder: Path, bulk: Measurement) -> None:
    with bulk.run():
        store = Store(str(folder / "bare"))
        store.bulk_load(path=str(folder / "published.nq"), format=RdfFormat.N_QUADS)
        store.flush()
    if len(store) != bulk.triples:
        raise AssertionError("the bare store holds something else")
    del store
    shutil.rmtree(folder / "bare")
