"""The process that writes: `python -m kamara.api.writing.scribe`, started with the first write.

A parser or a shapes engine that breaks takes this process along, not the server. The parent pickles its
settings and then one job after another to the standard input; each gets a Done or a KamaraError back. It ends
with its input, so that it does not outlive the parent.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
from typing import BinaryIO, cast

from kamara.api.writing.jobs import Job
from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.loaders.arrivals import as_failure
from kamara.loaders.editing.editing import Done
from kamara.loaders.errors import EditError
from kamara.sparql.pool import sandbox

_END_SECONDS = 10
_MIB = 1 << 20


class Scribe:
    """The process as its parent sees it. One thread at a time may use it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    def perform(self, job: Job) -> Done:
        """Have a job done; starts the process when there is none. Raises KamaraError."""
        process = self._started()
        try:
            _send(process.stdin, job)
            answer = pickle.load(cast(BinaryIO, process.stdout))
        except (EOFError, OSError, pickle.UnpicklingError) as error:
            process.kill()
            process.wait()
            raise EditError(
                "the process that writes broke off; a request that takes more memory than "
                f"{self._settings.write.memory_mb} MiB (write.memory_mb) does that",
                remedy="GET the graph to see whether the change was made, then send less at once",
            ) from error
        if isinstance(answer, KamaraError):
            raise answer
        return cast(Done, answer)

    def close(self) -> None:
        """Let it finish what it does, then end it."""
        if self._process is None:
            return
        cast(BinaryIO, self._process.stdin).close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        cast(BinaryIO, self._process.stdout).close()

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            # -P: no module of the current folder is taken for one of ours.
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "kamara.api.writing.scribe"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            _send(self._process.stdin, self._settings)
        return self._process


def _send(stream: object, content: object) -> None:
    target = cast(BinaryIO, stream)
    pickle.dump(content, target)
    target.flush()


def main() -> None:
    """Do jobs until the parent closes the input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # What a library prints must not get between answers.
    os.dup2(2, 1)
    sandbox.deny_network()
    settings: Settings = pickle.load(source)
    sandbox.limit_data(sandbox.data_bytes() + settings.write.memory_mb * _MIB)
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            _send(target, _performed(pickle.load(source), settings))


def _performed(job: Job, settings: Settings) -> Done | KamaraError:
    try:
        return job.perform(settings)
    except MemoryError:
        return EditError(
            f"the request takes more memory than {settings.write.memory_mb} MiB (write.memory_mb)",
            remedy="send less at once",
        )
    except Exception as error:
        return as_failure(error)


if __name__ == "__main__":
    main()
