"""R with its package httr. Debian: `r-base-core` and `r-cran-httr`."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

NOT_THERE = "no R with httr here (Debian: apt install r-base-core r-cran-httr)"


@cache
def is_there() -> bool:
    """Whether a program that uses httr can be run."""
    return shutil.which("Rscript") is not None and _run("-e", "library(httr)").returncode == 0


def run(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program of R to its end."""
    return _run(str(program), *arguments)


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["Rscript", *arguments]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
