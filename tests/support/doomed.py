"""Loads and erasures in processes of their own, which write each step down and die where they are told.

They are forked from a process that has imported what they need: a kill costs no start of Python.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from support.town import Town

from kamara.config import Settings
from kamara.loaders.erase import erase
from kamara.loaders.pipeline import load
from kamara.loaders.source import read_sources
from kamara.sparql.watcher import Watcher

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["kamara.loaders.erase", "kamara.loaders.pipeline"])


class Doomed(Watcher):
    """Appends each step's name to the file `trace` before the next thing happens; at `last` it kills itself.

    Nothing of the trace is buffered. The name `done` ends it.
    """

    def __init__(self, trace: Path, last: str) -> None:
        self._trace = os.open(trace, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        self._last = last

    def step(self, name: str) -> None:
        """Write the step down; die if it is the one."""
        os.write(self._trace, f"{name}\n".encode())
        if name == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def progress(self, task: str, records: int) -> None:
        """Reading and mapping count as a phase too."""
        self.step("map.records")


def start_load(town: Town, trace: Path, last: str = "") -> ForkServerProcess:
    """Start to load the town's sources."""
    return _start(_load, town.settings, town.files, trace, last)


def start_erasure(town: Town, iri: str, trace: Path, last: str) -> ForkServerProcess:
    """Start to erase a thing of the town."""
    return _start(_erase, town.settings, iri, trace, last)


def exit_code(process: ForkServerProcess) -> int | None:
    """Wait for the end of a process: its exit code, or the signal that killed it as a negative number."""
    process.join(timeout=120)
    return process.exitcode


def _start(work: Callable[..., None], *arguments: object) -> ForkServerProcess:
    process = _FORKS.Process(target=work, args=arguments)
    process.start()
    return process


def _load(settings: Settings, place: Path, trace: Path, last: str) -> None:
    doomed = Doomed(trace, last)
    report = load(settings, list(read_sources(settings.resources).values()), place, doomed)
    doomed.step("done")
    for failure in report.failures.values():
        raise failure


def _erase(settings: Settings, iri: str, trace: Path, last: str) -> None:
    erase(settings, iri, read_sources(settings.resources), Doomed(trace, last))
