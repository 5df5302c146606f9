"""HermiT, run in a process that is killed when its time is over."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from kamara.loaders.errors import ReasonerError

_WORKER = "kamara.loaders.reason.worker"


@dataclass(frozen=True)
class Classified:
    """What HermiT says: how many classes it saw, whether all is consistent, which can have no member."""

    classes: int
    consistent: bool
    unsatisfiable: tuple[str, ...]


def missing() -> str:
    """What the reasoner would need that is not here; empty when it can run."""
    if find_spec("owlready2") is None:
        return "owlready2 is not installed (pip install 'kamara[reason]')"
    if shutil.which("java") is None:
        return "there is no java on the path (install a Java runtime, such as openjdk-17-jre-headless)"
    return ""


class Hermit:
    """Runs HermiT, each run and all together within `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def classify(self, lines: Iterable[str]) -> Classified:
        """Run on N-Triples lines. Raises ReasonerError when the time is over or the reasoner gives up."""
        with TemporaryDirectory(prefix="kamara-reason-") as folder:
            path = Path(folder) / "ontology.nt"
            with path.open("w", encoding="utf-8") as file:
                file.writelines(lines)
            found = json.loads(self._run(path))
        if found["error"]:
            raise ReasonerError(f"HermiT gave up: {found['error']}", remedy="report this")
        return Classified(found["classes"], found["consistent"], tuple(found["unsatisfiable"]))

    def _run(self, path: Path) -> str:
        """The worker's answer. Its whole process group is killed when the time is over: Java is in it."""
        # owlready2 keeps the file that it hands to Java when Java fails: with TMPDIR it goes with our folder.
        process = subprocess.Popen(
            [sys.executable, "-m", _WORKER, str(path)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
            env={**os.environ, "TMPDIR": str(path.parent)},
        )
        try:
            out, err = process.communicate(timeout=max(self._end - time.monotonic(), 0))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise ReasonerError(
                f"the reasoner was stopped after {self._seconds:g} seconds",
                remedy="raise the setting check.reason_seconds",
            ) from None
        if process.returncode != 0:
            last = err.strip().splitlines()[-1:] or ["no word"]
            raise ReasonerError(f"owlready2 failed: {last[0]}", remedy="report this")
        return out
