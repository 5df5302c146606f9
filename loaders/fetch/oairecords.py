"""Records of OAI-PMH 2.0: out of a page, and in the files that a harvest leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.merge import Entry, Form

OAI = "{http://www.openarchives.org/OAI/2.0/}"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">\n<ListRecords>\n'
_FOOT = "</ListRecords>\n</OAI-PMH>\n"


def entries(page: bytes) -> Iterator[Entry]:
    """The records of one well-formed page. Raises FetchError when one has no identifier."""
    return _entries(etree.fromstring(page, _parser()))


def _kept(path: Path) -> Iterator[Entry]:
    return _entries(etree.parse(path, _parser()).getroot())


def _entries(root: etree._Element) -> Iterator[Entry]:
    for record in root.iterfind(f"{OAI}ListRecords/{OAI}record"):
        identifier, is_deleted = _header(record)
        yield Entry(identifier, None if is_deleted else _text(record))


def _header(record: etree._Element) -> tuple[str, bool]:
    """A record's identifier, and whether it is deleted (OAI-PMH 2.0 section 2.5)."""
    header = record.find(f"{OAI}header")
    identifier = "" if header is None else header.findtext(f"{OAI}identifier", "").strip()
    if header is None or not identifier:
        raise FetchError("a harvested record has no identifier", remedy="tell who runs the repository")
    return identifier, header.get("status") == "deleted"


def _text(record: etree._Element) -> str:
    record.tail = None
    return etree.tostring(record, encoding="unicode") + "\n"


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True)


RECORDS = Form("records-{share}.xml", _HEAD, "", _FOOT, _kept)
"""The files of a harvest: each a ListRecords."""
