"""A server process on a free port of loopback, ended by its own pid."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60


@contextmanager
def serving(folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """Run `kamara serve` in `folder`; gives `host:port` once it answers."""
    address = f"127.0.0.1:{_free_port()}"
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [str(Path(sys.prefix) / "bin" / "kamara"), "serve", "--port", address.rpartition(":")[2]],
            cwd=folder,
            env=dict(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            _await_health(server, address, log)
            yield address
        finally:
            server.terminate()
            try:
                server.wait(timeout=20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_health(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"http://{address}/health", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"no answer from {address} in {START_SECONDS} s: {log.read_text()}")
