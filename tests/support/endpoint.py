"""A SPARQL endpoint of ours on loopback, that answers truly or does harm as its path says."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from pyoxigraph import Literal, NamedNode, Quad, QueryResultsFormat, QuerySolutions, Store
from support.serving import serving

JSON = "application/sparql-results+json"


class Endpoint(ThreadingHTTPServer):
    """Knows names of things; remembers what it was asked and with which headers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.store = Store()
        self.store.extend(
            Quad(NamedNode(f"urn:s:{n}"), NamedNode("urn:p:name"), Literal(f"όνομα {n}")) for n in range(50)
        )

    def url(self, path: str = "/sparql", host: str = "127.0.0.1") -> str:
        """An address of it; `host` in any spelling."""
        return f"http://{host}:{self.server_port}{path}"

    def handle_error(self, *_: object) -> None:
        """A client that broke off is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"
    server: Endpoint

    def do_POST(self) -> None:
        """Answer as the path says."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        direct = self.headers["Content-Type"].startswith("application/sparql-query")
        query = body if direct else parse_qs(body)["query"][0]
        self.server.asked.append((query, {name.lower(): value for name, value in self.headers.items()}))
        if self.path == "/slow":
            time.sleep(3)
        if self.path == "/redirect":
            return self._reply(b"", status=307, Location=self.server.url("/sparql"))
        if self.path == "/page":
            return self._reply(b"<html></html>", Content_Type="text/html")
        if self.path == "/broken":
            return self._reply(b'{"head": {"vars": ["x"]}', Content_Type=JSON)
        if self.path == "/packed":
            return self._reply(b"", Content_Type=JSON, Content_Encoding="gzip")
        if self.path == "/endless":
            return self._endless()
        return self._reply(self._answer(query), Content_Type=JSON)

    def do_GET(self) -> None:
        """No one asks this way."""
        self.server.asked.append((self.path, {}))
        self._reply(b"")

    def log_message(self, *_: object) -> None:
        """Keep silent."""

    def _answer(self, query: str) -> bytes:
        found = self.server.store.query(query)
        assert isinstance(found, QuerySolutions)
        return found.serialize(format=QueryResultsFormat.JSON) or b""

    def _reply(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", JSON)
        self.end_headers()
        while True:
            self.wfile.write(b" " * 65536)


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    """Serve in a thread."""
    with serving(Endpoint()) as server:
        yield server
