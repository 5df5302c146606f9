"""Loading a larger city takes no more memory: peaks of processes of their own, at two scales."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kamara.resources import bundled
from kamara.simulator.city import simulate

# At ten times the size; the rest is room for caches of the store.
MOST_GROWTH_MB = 150
DAYS = 90
PEAK = """
import resource, sys
from kamara.cli import build_app
try:
    build_app()(sys.argv[1:])
finally:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def peak_mb(city: Path, source: str) -> float:
    """The most memory that loading one source takes, in MB."""
    arguments = ["--settings", str(city / "kamara.toml"), "load", source]
    run = subprocess.run(
        [sys.executable, "-c", PEAK, *arguments], capture_output=True, text=True, timeout=280, check=False
    )
    assert f"{source}:" in run.stdout, run.stderr
    return int(run.stderr.split()[-1]) / 1024


@pytest.mark.slow
@pytest.mark.parametrize("source", ["improvemycity", "air-quality"])
def test_ten_times_the_city_takes_no_more_memory(source, tmp_path):
    peaks = []
    for scale in (0.1, 1):
        city = tmp_path / str(scale)
        simulate(city, scale, 1, bundled(), DAYS)
        peaks.append(peak_mb(city, source))
    assert peaks[1] - peaks[0] < MOST_GROWTH_MB


@pytest.mark.slow
def test_writing_a_larger_city_takes_no_more_memory(tmp_path):
    peaks = []
    for scale in (0.1, 2):
        before = [sys.executable, "-c", PEAK, "simulate", "--scale", str(scale), str(tmp_path / str(scale))]
        run = subprocess.run(before, capture_output=True, text=True, timeout=280, check=True)
        peaks.append(int(run.stderr.split()[-1]) / 1024)
    assert peaks[1] - peaks[0] < 30
