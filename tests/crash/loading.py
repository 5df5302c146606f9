"""A load that writes each step down and dies where it is told, in a process of its own.

Usage: python loading.py TOWN TRACE STEP: each step's name is appended to TRACE before the next thing
happens; at STEP the process kills itself with SIGKILL.
"""

import os
import signal
import sys
from pathlib import Path

from kamara.config import Settings
from kamara.loaders.pipeline import load
from kamara.loaders.source import read_sources
from kamara.sparql.watcher import Watcher


class Doomed(Watcher):
    """Writes steps to a file without buffering, and dies at one of them."""

    def __init__(self, trace: int, last: str) -> None:
        self._trace = trace
        self._last = last

    def step(self, name: str) -> None:
        """Write the step down; die if it is the one."""
        os.write(self._trace, f"{name}\n".encode())
        if name == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def progress(self, task: str, records: int) -> None:
        """Reading and mapping count as a phase too."""
        os.write(self._trace, b"map.records\n")


def main(town: Path, trace: Path, last: str) -> None:
    """Load the town's source."""
    settings = Settings(data_dir=town / "data", resources_dir=town / "resources")
    handle = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    sources = list(read_sources(settings.resources).values())
    report = load(settings, sources, town / "files", Doomed(handle, last))
    os.write(handle, b"done\n")
    for failure in report.failures.values():
        raise failure


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
