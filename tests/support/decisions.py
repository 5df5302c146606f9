"""Decisions, loaded by the pipeline and read again from their files by the few lines here (json alone)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from shutil import copy
from typing import Any
from zoneinfo import ZoneInfo

from support.heritage import Heritage

ID = "https://data.thessaloniki.gr/id/"
CODE = "https://data.thessaloniki.gr/code/"
DEF = "https://data.thessaloniki.gr/def/"
ELI = "http://data.europa.eu/eli/ontology#"
DCTERMS = "http://purl.org/dc/terms/"
AMOUNT = "http://data.openbudgets.eu/ontology/dsd/measure/amount"
PERSONAL_NAME_COMMAS = 3

Record = dict[str, Any]


@dataclass(frozen=True)
class Decisions:
    """What was loaded, and the decisions of its files."""

    loaded: Heritage
    records: tuple[Record, ...]

    def iri(self, record: Record) -> str:
        """The address of a decision."""
        return f"{ID}decision/{record['ada']}"

    def amounts(self) -> dict[str, Decimal]:
        """Amount by address, as the store has them."""
        query = f"SELECT ?p ?a {{ ?p <{AMOUNT}> ?a ; <{DEF}decision> ?d }}"
        rows = self.loaded.store.query(query, use_default_graph_as_union=True)
        return {row["p"].value: Decimal(row["a"].value) for row in rows}  # type: ignore[union-attr]

    def texts(self) -> Iterator[str]:
        """Every literal and address in the store."""
        for quad in self.loaded.store:
            yield str(quad.subject)
            yield str(quad.object)


def records_in(folder: Path) -> tuple[Record, ...]:
    """The decisions of all files: of search results and single ones."""
    found: list[Record] = []
    for path in sorted(folder.glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        found += content.get("decisions", [content] if "ada" in content else [])
    return tuple(found)


def real_files(shared: Path, folder: Path) -> Path:
    """The real searches and single decisions, beside one another in `folder`."""
    source = shared / "data" / "decisions"
    fixtures = source / "diavgeia-api-fixtures"
    for path in (
        *(fixtures / "search").glob("*.json"),
        fixtures / "decisions" / "one_decisions_details.json",
    ):
        copy(path, folder)
    for number, path in enumerate(sorted((source / "diavgeiaRedefined").glob("*/metadata*.json"))):
        copy(path, folder / f"single-{number}.json")
    return folder


def day_in_athens(value: str | int) -> str:
    """The day of an ISO time or of epoch milliseconds."""
    if isinstance(value, int):
        time = datetime.fromtimestamp(value / 1000, UTC)
    else:
        time = datetime.fromisoformat(value)
    return time.astimezone(ZoneInfo("Europe/Athens")).date().isoformat()


def money(record: Record) -> list[Decimal]:
    """Every amount of a decision: what has a member `amount`, the parts by budget code, and investAmount."""
    extra = record.get("extraFieldValues") or {}
    parts = [part["amountWithVAT"] for part in extra.get("amountWithKae") or []]
    alone = [extra["investAmount"]] if extra.get("investAmount") is not None else []
    return [Decimal(value) for value in (*_amounts(extra), *parts, *alone)]


def _amounts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        if value.get("amount") is not None:
            yield value["amount"]
        for member in value.values():
            yield from _amounts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _amounts(member)


def parties(value: Any) -> Iterator[tuple[str, str]]:
    """Tax number and name of everybody in a record."""
    if isinstance(value, dict):
        if value.get("afm"):
            yield value["afm"], value.get("name") or ""
        for member in value.values():
            yield from parties(member)
    elif isinstance(value, list):
        for member in value:
            yield from parties(member)


def is_legal(afm: str, name: str) -> bool:
    """The rule of docs/models/decisions.md."""
    return afm.startswith(("09", "8", "9")) and name.count(",") != PERSONAL_NAME_COMMAS
