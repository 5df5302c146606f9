"""An erasure that kills itself at a named step. Usage: python erasing.py TOWN IRI STEP."""

import os
import signal
import sys
from pathlib import Path

from kamara.config import Settings
from kamara.loaders.erase import erase
from kamara.loaders.source import read_sources
from kamara.sparql.watcher import Watcher


class Doomed(Watcher):
    """Dies at one step."""

    def __init__(self, last: str) -> None:
        self._last = last

    def step(self, name: str) -> None:
        """Die if it is the one."""
        if name == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    town = Path(sys.argv[1])
    settings = Settings(data_dir=town / "data", resources_dir=town / "resources")
    erase(settings, sys.argv[2], read_sources(settings.resources), Doomed(sys.argv[3]))
