"""Harvested records and those kept from before, merged by identifier into files that change little."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from lxml import etree

from kamara.loaders.errors import FetchError

OAI = "{http://www.openarchives.org/OAI/2.0/}"
# An identifier's share of the records: a harvest that changes few of them leaves most files as they were.
_SHARES = "0123456789abcdef"
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">\n<ListRecords>\n'
_FOOT = "</ListRecords>\n</OAI-PMH>\n"


class Merge:
    """Spools the records of pages in `folder`, then writes what the dataset is to be made of.

    Holds one page, or one share of the records, in memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir()
        self.is_empty = True

    def take_page(self, content: bytes) -> None:
        """Take the records of one well-formed page; a later record replaces an earlier of its identifier."""
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
        shares: dict[str, list[str]] = {}
        for record in root.iterfind(f"{OAI}ListRecords/{OAI}record"):
            identifier, is_deleted = _header(record)
            entry = [identifier, None if is_deleted else _text(record)]
            shares.setdefault(_share(identifier), []).append(json.dumps(entry, ensure_ascii=False) + "\n")
        for share, entries in shares.items():
            self.is_empty = False
            with (self._folder / f"{share}.jsonl").open("a", encoding="utf-8") as spool:
                spool.writelines(entries)

    def discard(self) -> None:
        """Forget all pages."""
        shutil.rmtree(self._folder)

    def write(self, kept: Iterable[Path]) -> tuple[Path, ...]:
        """Write the records: those of the `kept` files, with the taken ones in their place.

        Gives files `records-S.xml`, each a ListRecords sorted by identifier, at least one. The same records
        always give the same bytes.
        """
        before = {path.name: path for path in kept}
        written = [self._write_share(share, before.get(f"records-{share}.xml")) for share in _SHARES]
        return tuple(path for path in written if path is not None) or (self._save(_SHARES[0], {}),)

    def _write_share(self, share: str, before: Path | None) -> Path | None:
        records = dict(_read(before)) if before is not None else {}
        spool = self._folder / f"{share}.jsonl"
        if spool.exists():
            with spool.open(encoding="utf-8") as entries:
                for identifier, text in map(json.loads, entries):
                    records.pop(identifier, None)
                    if text is not None:
                        records[identifier] = text
        return self._save(share, records) if records else None

    def _save(self, share: str, records: dict[str, str]) -> Path:
        target = self._folder / f"records-{share}.xml"
        with target.open("w", encoding="utf-8", newline="\n") as text:
            text.write(_HEAD)
            text.writelines(records[identifier] for identifier in sorted(records))
            text.write(_FOOT)
        return target


def _read(path: Path) -> Iterator[tuple[str, str]]:
    """Identifier and text of each record of a file that `write` wrote."""
    for record in etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).iter(
        f"{OAI}record"
    ):
        yield _header(record)[0], _text(record)


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


def _share(identifier: str) -> str:
    return sha256(identifier.encode()).hexdigest()[0]
