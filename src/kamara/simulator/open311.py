"""Citizens' reports as Open311 GeoReport v2 gives them, in JSON and XML, with the services that they name."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from kamara.simulator.numbers import contact
from kamara.simulator.work import YEAR, Work, position

SERVICES = "open311-services"
REQUESTS = "open311-requests"
REQUESTS_XML = "open311-requests-xml"
_ATHENS = ZoneInfo("Europe/Athens")
_CLOSED_SHARE = 0.6


def write_open311(work: Work) -> None:
    """Write `services.json`, `requests.json` and `requests.xml`."""
    _write_services(work)
    _write_requests(work)
    _write_requests_xml(work)


def _write_services(work: Work) -> None:
    words, expected = work.words["reports"], work.expectation(SERVICES)
    services = [
        {
            "service_code": code,
            "service_name": problem,
            "description": problem,
            "metadata": False,
            "type": "realtime",
            "keywords": "",
            "group": category,
        }
        for code, problem, category in zip(words["code"], words["problem"], words["category"], strict=True)
    ]
    expected.records += len(services)
    with work.writing(SERVICES, "services.json") as file:
        json.dump(services, file, ensure_ascii=False, indent=1)


def _write_requests(work: Work) -> None:
    numbers, expected = work.random(REQUESTS), work.expectation(REQUESTS)
    with work.writing(REQUESTS, "requests.json") as file:
        file.write("[")
        for number in range(1, work.counts.requests + 1):
            request = _request(work, numbers, f"SIM-{YEAR}-{number:06}", REQUESTS)
            file.write((",\n" if number > 1 else "\n") + json.dumps(request, ensure_ascii=False))
            expected.records += 1
        file.write("\n]\n")


def _write_requests_xml(work: Work) -> None:
    numbers, expected = work.random(REQUESTS_XML), work.expectation(REQUESTS_XML)
    with work.writing(REQUESTS_XML, "requests.xml") as file:
        file.write('<?xml version="1.0" encoding="utf-8"?>\n<service_requests>\n')
        for number in range(1, work.counts.requests_xml + 1):
            request = _request(work, numbers, f"SIM-{YEAR}-X{number:06}", REQUESTS_XML)
            fields = (f"    <{key}>{escape(str(value or ''))}</{key}>\n" for key, value in request.items())
            file.write(f"  <request>\n{''.join(fields)}  </request>\n")
            expected.records += 1
        file.write("</service_requests>\n")


def _request(work: Work, numbers: Random, name: str, source: str) -> dict[str, object]:
    words, cases = work.words["reports"], work.expectation(source).cases
    kind = numbers.randrange(len(words["code"]))
    closed = numbers.random() < _CLOSED_SHARE
    placed = not work.falls(numbers, "report-without-position")
    made = datetime(YEAR, 1, 1, tzinfo=_ATHENS) + timedelta(minutes=numbers.randrange(365 * 24 * 60))
    lon, lat = position(numbers)
    text = "Προσομοίωση."
    if work.falls(numbers, "text-with-contact"):
        text = f"{text} {contact(work, numbers)}"
        cases["contact in text"] += 1
    cases["closed"] += closed
    cases["without position"] += not placed
    return {
        "service_request_id": name,
        "status": "closed" if closed else "open",
        "status_notes": "Έγινε" if closed else "",
        "service_name": words["problem"][kind],
        "service_code": words["code"][kind],
        "description": text,
        "agency_responsible": "",
        "requested_datetime": made.isoformat(),
        "updated_datetime": (made + timedelta(hours=numbers.randrange(1, 500))).isoformat()
        if closed
        else None,
        "expected_datetime": None,
        "address": f"Οδός Προσομοίωσης {numbers.randrange(1, work.counts.streets + 1)}",
        "address_id": None,
        "zipcode": None,
        "lat": lat if placed else None,
        "long": lon if placed else None,
        "media_url": None,
    }
