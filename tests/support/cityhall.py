"""A stand-in for a city's Open311 GeoReport v2 server. All requests in it are made up."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from support.webserver import Asked, WebServer, answering

KEY = "secret key/1"
Report = dict[str, object]


@dataclass
class CityHall:
    """Requests by number. `most`: what an answer holds. `pages`, `filters`: it knows pages, dates."""

    requests: dict[str, Report] = field(default_factory=dict)
    queries: list[dict[str, str]] = field(default_factory=list)
    most: int = 1000
    pages: bool = False
    filters: bool = True
    key: str | None = None
    spoil: Callable[[int, bytes], bytes] = lambda number, body: body
    after: Callable[[int], None] = lambda number: None

    def put(
        self, number: str, requested: datetime, updated: datetime | None = None, **others: object
    ) -> None:
        """Take a request in, or change it."""
        self.requests[number] = {
            "service_request_id": number,
            "status": "open",
            "service_code": "001",
            "description": f"Δοκιμαστική αναφορά {number}",
            "requested_datetime": requested.isoformat(),
            "updated_datetime": (updated or requested).isoformat(),
            "lat": 40.63,
            "long": 22.94,
            **others,
        }

    def served(self) -> AbstractContextManager[WebServer]:
        """Serve it."""
        return answering(self._answer)

    def _answer(self, asked: Asked) -> None:
        parts = urlsplit(asked.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        resource, _, style = parts.path.rpartition("/")[2].partition(".")
        self.queries.append(query)
        if self.key is not None and query.get("api_key") != self.key:
            said = [{"code": 403, "description": f"api_key {query.get('api_key')} is not valid"}]
            asked.reply(_errors(style, said), 403)
            return
        if resource == "services":
            asked.reply(SERVICES[style])
            return
        found = self._found(query)
        body = json.dumps(found, ensure_ascii=False).encode() if style == "json" else _xml(found)
        asked.reply(self.spoil(len(self.queries), body))
        self.after(len(self.queries))

    def _found(self, query: dict[str, str]) -> list[Report]:
        start, end = (datetime.fromisoformat(query[name]) for name in ("start_date", "end_date"))
        since = datetime.fromisoformat(query.get("updated_after", "1970-01-01T00:00:00Z"))
        found = [
            request
            for request in self.requests.values()
            if not self.filters
            or (start <= _time(request, "requested") <= end and since <= _time(request, "updated"))
        ]
        found.sort(key=lambda request: _time(request, "requested"), reverse=True)
        size, page = self.most, 1
        if self.pages:
            size, page = min(self.most, int(query.get("page_size", 50))), int(query.get("page", 1))
        return found[(page - 1) * size : page * size]


SERVICES = {
    "json": '[{"service_code": "001", "service_name": "Φωτισμός"}]'.encode(),
    "xml": b"<services><service><service_code>001</service_code></service></services>",
}


def _time(request: Report, name: str) -> datetime:
    return datetime.fromisoformat(str(request[f"{name}_datetime"]))


def _xml(found: list[Report]) -> bytes:
    requests = "".join(f"<request>{_parts(one)}</request>" for one in found)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f"{head}<service_requests>{requests}</service_requests>".encode()


def _parts(request: Report) -> str:
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in request.items())


def _errors(style: str, said: list[dict[str, object]]) -> bytes:
    if style == "json":
        return json.dumps(said).encode()
    errors = "".join(
        f"<error><code>{one['code']}</code><description>{one['description']}</description></error>"
        for one in said
    )
    return f"<errors>{errors}</errors>".encode()
