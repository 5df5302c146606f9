"""Answers of Open311 GeoReport v2, in JSON and in XML: service requests as written, services, errors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch import jsontext
from kamara.loaders.fetch.merge import Entry, Form

IDENTIFIER = "service_request_id"
_REQUESTED, _UPDATED = "requested_datetime", "updated_datetime"
# What a person gives with a report (GeoReport v2, POST Service Request): some servers give it out again.
_PERSONAL = frozenset({"email", "first_name", "last_name", "phone", "device_id", "account_id"})


@dataclass(frozen=True)
class Request:
    """A service request: its text as it is kept, and its times where it gives them."""

    identifier: str
    text: str
    requested: datetime | None
    updated: datetime | None

    @property
    def entry(self) -> Entry:
        """It as it is merged: the version that was changed last counts."""
        last = self.updated or self.requested
        return Entry(self.identifier, self.text, last.astimezone(UTC).isoformat() if last else "")


@dataclass(frozen=True)
class Dialect:
    """One of the two formats: how requests are read from an answer, and how they stand in files.

    `read` raises ValueError for what is no answer of the format, and FetchError with the server's own words.
    """

    read: Callable[[bytes], list[Request]]
    form: Form
    check_services: Callable[[bytes], None]


def explain(body: bytes) -> str:
    """The errors that a body lists: `code description`, in JSON or XML; "" when it lists none."""
    for told in (_json_errors, _xml_errors):
        try:
            return "; ".join(filter(None, told(body)))
        except ValueError:
            continue
    return ""


def _json_errors(body: bytes) -> list[str]:
    found = jsontext.parse(jsontext.decode(body))
    if isinstance(found, dict):
        found = found.get("errors", [found])
    listed = found if isinstance(found, list) else []
    return [_words(one.get("code"), one.get("description")) for one in listed if isinstance(one, dict)]


def _xml_errors(body: bytes) -> list[str]:
    return [_words(one.findtext("code"), one.findtext("description")) for one in _root(body).iter("error")]


def _words(code: object, description: object) -> str:
    return f"{code or ''} {description or ''}".strip()


def _json_requests(body: bytes) -> list[Request]:
    text = jsontext.decode(body)
    if isinstance(jsontext.parse(text), dict) and explain(body):
        raise FetchError(f"refuses: {explain(body)}")
    found = [_json_request(element) for element in jsontext.elements(text)]
    return [request for request in found if request is not None]


def _json_request(text: str) -> Request | None:
    """A request; None for one that has no identifier yet (its token is shown until it has)."""
    match jsontext.parse(text):
        case dict() as about:
            pass
        case _:
            raise ValueError("a request that is no object")
    if "code" in about and IDENTIFIER not in about:
        raise FetchError(f"refuses: {_words(about.get('code'), about.get('description'))}")
    if _PERSONAL & about.keys():
        about = {name: value for name, value in about.items() if name not in _PERSONAL}
        text = json.dumps(about, ensure_ascii=False)
    identifier = str(about.get(IDENTIFIER) or "").strip()
    times = _moment(about.get(_REQUESTED)), _moment(about.get(_UPDATED))
    return Request(identifier, text, *times) if identifier else None


def _xml_requests(body: bytes) -> list[Request]:
    root = _root(body)
    if root.tag == "errors":
        raise FetchError(f"refuses: {explain(body)}")
    if root.tag != "service_requests":
        raise ValueError(f"<{root.tag}> where <service_requests> should be")
    found = [_xml_request(element) for element in root.iterfind("request")]
    return [request for request in found if request is not None]


def _xml_request(element: etree._Element) -> Request | None:
    for name in _PERSONAL:
        for part in element.findall(name):
            element.remove(part)
    element.tail = None
    identifier = element.findtext(IDENTIFIER, "").strip()
    times = _moment(element.findtext(_REQUESTED)), _moment(element.findtext(_UPDATED))
    return Request(identifier, etree.tostring(element, encoding="unicode"), *times) if identifier else None


def _moment(told: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(told).strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _root(body: bytes) -> etree._Element:
    if b"<!DOCTYPE" in body:
        raise ValueError("a document type")
    try:
        return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error


def _kept_json(path: Path) -> Iterator[Entry]:
    return (request.entry for request in _json_requests(path.read_bytes()))


def _kept_xml(path: Path) -> Iterator[Entry]:
    return (request.entry for request in _xml_requests(path.read_bytes()))


def _check_json_services(body: bytes) -> None:
    jsontext.elements(jsontext.decode(body))


def _check_xml_services(body: bytes) -> None:
    if _root(body).tag != "services":
        raise ValueError("no <services>")


JSON = Dialect(
    _json_requests, Form("requests-{share}.json", "[\n", ",\n", "\n]\n", _kept_json), _check_json_services
)
"""GeoReport in JSON: an array of objects."""

XML = Dialect(
    _xml_requests,
    Form(
        "requests-{share}.xml",
        '<?xml version="1.0" encoding="UTF-8"?>\n<service_requests>\n',
        "\n",
        "\n</service_requests>\n",
        _kept_xml,
    ),
    _check_xml_services,
)
"""GeoReport in XML: `<service_requests>` of `<request>`."""
