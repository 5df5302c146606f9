"""A throwaway Kamara server over one folder of versions, for the W3C suites.

python -m support.suite_server serve FOLDER PORT_FILE     serves what FOLDER/CURRENT names, with strict graphs
python -m support.suite_server load FOLDER FILE.nq        publishes the quads of FILE.nq and nothing else
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from pyoxigraph import RdfFormat, Store

from kamara.sparql.versions import Version


class FolderVersions:
    """Versions by number in one folder; `CURRENT` names the one to read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Version | None:
        try:
            number = int((self.folder / "CURRENT").read_text())
        except FileNotFoundError:
            return None
        return Version(number, self.folder / str(number), number, "2026-01-01T00:00:00+00:00", 0)

    def lease(self, version: Version) -> AbstractContextManager[object]:
        return nullcontext()


def load(folder: Path, file: Path) -> None:
    """Publish the file's quads as the next version; the one before the last is removed."""
    current = FolderVersions(folder).current()
    number = current.number + 1 if current else 1
    (folder / str(number)).mkdir(parents=True)
    store = Store(str(folder / str(number) / "store"))
    store.bulk_load(path=str(file), format=RdfFormat.N_QUADS)
    store.flush()
    staged = folder / "CURRENT.tmp"
    staged.write_text(str(number))
    staged.replace(folder / "CURRENT")
    shutil.rmtree(folder / str(number - 2), ignore_errors=True)


def serve(folder: Path, port_file: Path) -> None:
    """Serve until killed; the port goes to `port_file` once it is bound."""
    # Not above: `load` runs once a test and must start quickly.
    import uvicorn

    from kamara.api.app import create_app
    from kamara.config import Settings

    settings = Settings(data_dir=folder, default_graph=os.environ.get("DEFAULT_GRAPH", "strict"))  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as bound:
        staged = port_file.with_suffix(".tmp")
        staged.write_text(str(bound.getsockname()[1]))
        staged.replace(port_file)
        uvicorn.Server(uvicorn.Config(create_app(settings, FolderVersions(folder)), log_level="warning")).run(
            sockets=[bound]
        )


if __name__ == "__main__":
    command, folder, other = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    (serve if command == "serve" else load)(folder, other)
