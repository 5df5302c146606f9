"""Validation rate: the lines of a load, in batches as a load makes them, through the SHACL engine in use."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bench.frame import Measurement
from bench.mapping import TRIPLES_A_ROW

from kamara.config import LoadSettings
from kamara.loaders.validation import open_engine
from kamara.resources import DEFAULT_BASE

SHAPES = Path(__file__).with_name("lines") / "lines.ttl"


def measure(mapped: Path, runs: int) -> Measurement:
    """Validate the N-Triples lines of `mapped`, records in one piece, `runs` times."""
    limits = LoadSettings()
    engine = open_engine(limits.engine, [SHAPES], DEFAULT_BASE, limits.max_violations)
    measurement = Measurement(f"validation ({limits.engine})", 0)
    for _ in range(runs):
        measurement.triples = 0
        with measurement.run():
            for batch in _batches(mapped, limits.batch_records * TRIPLES_A_ROW):
                measurement.triples += len(batch)
                if engine.validate(batch):
                    raise AssertionError("the simulated lines are all good")
    return measurement


def _batches(mapped: Path, size: int) -> Iterator[list[str]]:
    with mapped.open(encoding="utf-8") as lines:
        while batch := list(islice(lines, size)):
            yield batch
