"""A stand-in for an institution's OAI-PMH 2.0 repository: records that come, change and are deleted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

from support.webserver import Asked, WebServer, answering

START = datetime(2017, 8, 22, 9, 18, 28, tzinfo=UTC)
_FORMATS = {"YYYY-MM-DDThh:mm:ssZ": "%Y-%m-%dT%H:%M:%SZ", "YYYY-MM-DD": "%Y-%m-%d"}


@dataclass
class Repository:
    """Records by identifier: (datestamp, title or None when it is deleted)."""

    deletions: str = "persistent"
    granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    page: int = 3
    now: datetime = START
    records: dict[str, tuple[datetime, str | None]] = field(default_factory=dict)
    queries: list[dict[str, str]] = field(default_factory=list)
    lost_tokens: int = 0
    spoil: Callable[[bytes], bytes] = bytes

    def put(self, identifier: str, title: str | None) -> None:
        """Change a record; None deletes it. A second goes by."""
        self.now += timedelta(seconds=1)
        self.records[identifier] = (self.now, title)

    def served(self) -> AbstractContextManager[WebServer]:
        """Serve it."""
        return answering(self._answer)

    def _answer(self, asked: Asked) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}
        self.queries.append(query)
        body = self._identify() if query["verb"] == "Identify" else self._list(query)
        text = (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
            f"<responseDate>{self.now.strftime('%Y-%m-%dT%H:%M:%SZ')}</responseDate>"
            f"<request>http://example.org/oai</request>{body}</OAI-PMH>"
        )
        asked.reply(self.spoil(text.encode()), Content_Type="text/xml")

    def _identify(self) -> str:
        return (
            "<Identify><repositoryName>Stand-in</repositoryName>"
            f"<deletedRecord>{self.deletions}</deletedRecord>"
            f"<granularity>{self.granularity}</granularity></Identify>"
        )

    def _list(self, query: dict[str, str]) -> str:
        token = query.get("resumptionToken")
        if token is None:
            if query["metadataPrefix"] != "oai_dc":
                return '<error code="cannotDisseminateFormat">only oai_dc</error>'
            since, place = query.get("from", ""), 0
        else:
            since, _, number = token.rpartition("|")
            place = int(number)
            if self.lost_tokens:
                self.lost_tokens -= 1
                return '<error code="badResumptionToken">expired</error>'
        stamp = _FORMATS[self.granularity]
        found = [
            (name, when.strftime(stamp), title)
            for name, (when, title) in self.records.items()
            if when.strftime(stamp) >= since and (self.deletions != "no" or title is not None)
        ]
        if not found:
            return '<error code="noRecordsMatch"/>'
        shown, after = found[place : place + self.page], place + self.page
        rest = (
            f"<resumptionToken>{escape(f'{since}|{after}')}</resumptionToken>" if after < len(found) else ""
        )
        return f"<ListRecords>{''.join(_record(*one) for one in shown)}{rest}</ListRecords>"


def _record(identifier: str, stamp: str, title: str | None) -> str:
    status = ' status="deleted"' if title is None else ""
    name = f"<identifier>{escape(identifier)}</identifier>"
    header = f"<header{status}>{name}<datestamp>{stamp}</datestamp></header>"
    if title is None:
        return f"<record>{header}</record>\n"
    schema = quoteattr(
        "http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
    )
    return (
        f'<record>{header}<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/" xsi:schemaLocation={schema}>'
        f"<dc:title>{escape(title)}</dc:title></oai_dc:dc></metadata></record>\n"
    )
