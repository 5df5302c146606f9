"""The schedule in a process beside the server: a load never takes the server's time, nor its memory.

`python -m kamara.cli.beside` is that process. It reads its settings from standard input, and ends when that
is closed: so it never outlives the server, however that ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from kamara.config import Settings

_AGAIN_SECONDS = 30.0
_END_SECONDS = 20.0


@contextmanager
def scheduling(settings: Settings) -> Iterator[None]:
    """Run the schedule in a process as long as the context lasts; one that dies is started again."""
    ending = threading.Event()
    beside = _Beside(settings, ending)
    thread = threading.Thread(target=beside.keep_running, name="schedule", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        beside.end()
        thread.join(_END_SECONDS)


class _Beside:
    def __init__(self, settings: Settings, ending: threading.Event) -> None:
        self._settings = settings
        self._ending = ending
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def keep_running(self) -> None:
        """Start the process, and again whenever it has ended, until the server ends."""
        while not self._ending.is_set():
            with self._lock:
                self._process = None if self._ending.is_set() else self._start()
            if self._process is not None:
                self._process.wait()
            self._ending.wait(_AGAIN_SECONDS)

    def _start(self) -> subprocess.Popen[bytes]:
        # -P: no module of the current folder is taken for one of ours.
        process = subprocess.Popen([sys.executable, "-P", "-m", "kamara.cli.beside"], stdin=subprocess.PIPE)
        pipe = cast(BinaryIO, process.stdin)
        pipe.write(self._settings.model_dump_json().encode() + b"\n")
        pipe.flush()
        return process

    def end(self) -> None:
        """Ask the process to end; kill it when a load takes too long, which leaves the data folder whole."""
        with self._lock:
            process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> None:
    """Run the schedule until SIGTERM, or until whoever gave the settings is gone."""
    from kamara.cli.run import run_schedule
    from kamara.loaders.schedule import Stop

    # Ctrl-C on a terminal goes to both processes; the server then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stop = Stop()
    with stop.on_sigterm():
        settings = Settings(**json.loads(sys.stdin.buffer.readline()))
        threading.Thread(target=_await_end, daemon=True).start()
        run_schedule(settings, stop)


def _await_end() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
