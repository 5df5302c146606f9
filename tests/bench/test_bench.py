"""The benchmark runs and prints each rate; the figures themselves are not judged here."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_the_benchmark_prints_every_rate_beside_bulk_load(root):
    shown = subprocess.run(
        [sys.executable, "-m", "bench", "--rows", "200", "--runs", "1", "--scale", "0.01"],
        cwd=root / "tests",
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    for name in ("bulk_load", "kamara map", "validation", "load, whole", "load: publish", "bulk_load of all"):
        assert name in shown.stdout
