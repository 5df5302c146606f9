"""A change that kills itself at a named step: python changing.py TOWN STEP."""

import os
import signal
import sys
from pathlib import Path

from kamara.config import Settings
from kamara.loaders.editing.change import Change, Editor, Operation
from kamara.loaders.editing.editing import edit
from kamara.loaders.editing.payload import read_payload
from kamara.sparql.watcher import Watcher


class Doomed(Watcher):
    """Dies at one step."""

    def __init__(self, last: str) -> None:
        self._last = last

    def step(self, name: str) -> None:
        """Die if it is the one."""
        if name == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


def main(town: Path, last: str) -> None:
    """Put what change.ttl holds in the place of the graph."""
    settings = Settings(data_dir=town / "data", resources_dir=town / "resources")
    content = read_payload((town / "change.ttl").read_bytes(), "text/turtle", "urn:x")
    operations = (Operation("clear"), Operation("add", content))
    edit(settings, Change("notes", operations, Editor("desk", ("notes",))), Doomed(last))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
