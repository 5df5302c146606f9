"""A web server of ours on a free port of loopback, that answers as a test tells it to, truly or not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from support.serving import serving

from kamara.config import FetchSettings

Answer = Callable[["Asked"], None]


class Asked(BaseHTTPRequestHandler):
    """One request, and how to answer it."""

    protocol_version = "HTTP/1.1"
    server: WebServer

    def do_GET(self) -> None:
        """Let the test answer; the connection ends after it."""
        self.close_connection = True
        self.server.requests.append((self.path, dict(self.headers)))
        self.server.answer(self)

    def reply(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        """Answer with headers given as `Content_Type="..."`; Content-Length is true unless given."""
        self.send_response(status)
        for name, value in {"Content_Length": str(len(body)), **headers}.items():
            if value:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep silent."""

    @property
    def count(self) -> int:
        """Which request this is, from 1."""
        return len(self.server.requests)


class WebServer(ThreadingHTTPServer):
    """Remembers its requests: path and headers."""

    daemon_threads = True

    def __init__(self, answer: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.answer = answer
        self.requests: list[tuple[str, dict[str, str]]] = []

    @property
    def authority(self) -> str:
        """Its `host:port`."""
        return f"127.0.0.1:{self.server_port}"

    def url(self, path: str = "/benches.csv") -> str:
        """An address of it."""
        return f"http://{self.authority}{path}"

    def handle_error(self, *_: object) -> None:
        """A client that broke off is what some tests are about."""


@contextmanager
def answering(answer: Answer) -> Iterator[WebServer]:
    """Serve in a thread."""
    with serving(WebServer(answer)) as server:
        yield server


@dataclass
class Pauses:
    """Waits no time, and remembers how long it should have."""

    seconds: list[float] = field(default_factory=list)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def limits(server: WebServer, **others: object) -> FetchSettings:
    """Settings that let a test fetch from `server`, with short waits."""
    short = {
        "connect_seconds": 2,
        "read_seconds": 2,
        "backoff_seconds": 0.01,
        "delay_seconds": 0,
        "retries": 2,
    }
    return FetchSettings.model_validate({"allow_private": [server.authority], **short, **others})
