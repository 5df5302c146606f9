"""The benchmark of answers runs and prints each figure; the figures themselves are not judged here."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_the_benchmark_prints_both_servers_side_by_side(root):
    shown = subprocess.run(
        [sys.executable, "-m", "bench.serving", "--rows", "500", "--runs", "1", "--seconds", "0.5"],
        cwd=root / "tests",
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    for name in ("repeated", "distinct", "oxigraph: light p95", "kamara: light p95"):
        assert name in shown.stdout
