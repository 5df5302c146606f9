"""How often each case of rates.toml occurs in files: the same count over real and over simulated ones.

The readers are csv, json, lxml and re alone; none of them knows Kamara.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from lxml import etree

Share = tuple[int, int]
Shares = dict[str, Share]
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
EDM = "{http://www.europeana.eu/schemas/edm/}"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
POLLUTANTS = 7
CARBON_MONOXIDE = 3


def share(cases: Iterable[bool]) -> Share:
    """How many of the cases hold, of how many."""
    found = list(cases)
    return sum(found), len(found)


def air_quality(sheets: Iterable[Path]) -> Shares:
    """Sheets of stations: empty cells, rows that break off, `#`, binary floats."""
    days = [row[4:] for sheet in sheets for row in rows(sheet) if re.match(r"\d{4}-", "".join(row[2:3]))]
    cells = [cell for day in days for cell in (day + [""] * POLLUTANTS)[:POLLUTANTS]]
    carbon = [day[CARBON_MONOXIDE] for day in days if day]
    return {
        "air-quality-missing": share(cell == "" for cell in cells),
        "air-quality-short-row": share(not day for day in days),
        "air-quality-hash": share(cell == "#" for cell in cells),
        "air-quality-float": share(len(cell) > 10 for cell in carbon if cell not in ("", "#")),
    }


def stations(sheet: Path) -> Shares:
    """The station sheet: decimal commas in positions."""
    found = [cell for row in rows(sheet) for cell in row if re.fullmatch(r"\d+ο .*''[ΝΕ]", cell)]
    return {"station-decimal-comma": share("," in cell for cell in found)}


def uplinks(file: Path) -> Shares:
    """Storage lines: raw ones, those without a counter, values with units."""
    with file.open(encoding="utf-8") as lines:
        messages = [json.loads(line)["result"]["uplink_message"] for line in lines]
    payloads = [message["decoded_payload"] for message in messages if "decoded_payload" in message]
    return {
        "uplink-raw": share("decoded_payload" not in message for message in messages),
        "uplink-without-counter": share("f_cnt" not in message for message in messages),
        "uplink-with-units": share(str(payload["temp_SOIL"]).endswith("°C") for payload in payloads),
    }


def devices(register: Path, file: Path) -> Shares:
    """Devices that send without being in the register, to those that it has."""
    with register.open(encoding="utf-8", newline="") as table:
        known = {row["dev_eui"] for row in csv.DictReader(table)}
    with file.open(encoding="utf-8") as lines:
        sending = {json.loads(line)["result"]["end_device_ids"]["dev_eui"] for line in lines}
    return {"device-unregistered": (len(sending - known), len(known))}


def budget(folders: dict[str, Path]) -> Shares:
    """Daily files of both sides: what changes from day to day, quiet days, spaces around descriptions."""
    found: Shares = {}
    quiet: dict[str, list[bool]] = {}
    last: list[list[str]] = []
    for side, folder in folders.items():
        changed = lines = 0
        quiet[side] = []
        days = (
            {(row[0], row[1]): row for row in day} for day in map(daily_rows, sorted(folder.glob("*.csv")))
        )
        for before, after in pairwise(days):
            changes = sum(before[key] != after[key] for key in after)
            quiet[side].append(not changes)
            changed, lines = changed + changes, lines + (len(after) if changes else 0)
        last += list(after.values())
        found[f"budget-{side}-change"] = (changed, lines)
    found["budget-quiet-day"] = share(quiet["expenditure"])
    found["budget-spaced-description"] = share(row[2] != row[2].strip() for row in last)
    return found


def decisions(found: list[dict[str, Any]]) -> Shares:
    """Decisions of Diavgeia: flags, date styles, amounts by KAE, payees."""
    fields = [decision["extraFieldValues"] for decision in found]
    payees = [payee for one in fields for payee in one.get("sponsor") or ()]
    return {
        "decision-private": share(bool(one["privateData"]) for one in found),
        "decision-corrected": share(one["correctedVersionId"] is not None for one in found),
        "decision-epoch": share(isinstance(one["issueDate"], int) for one in found),
        "decision-two-themes": share(len(one["thematicCategoryIds"]) > 1 for one in found),
        "decision-kae-empty": share(not one["amountWithKae"] for one in fields if "amountWithKae" in one),
        "decision-sponsor-unnamed": share(
            not (payee.get("sponsorAFMName") or {}).get("afm") for payee in payees
        ),
        "decision-revoked": share(one["status"] != "PUBLISHED" for one in found),
    }


def decision_types(found: list[dict[str, Any]]) -> dict[str, int]:
    """How many decisions of each type."""
    kinds = [one["decisionTypeId"] for one in found]
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def reports(issues: Path) -> Shares:
    """Issues of ImproveMyCity: what is not moderated, not dated, not placed."""
    found = json.loads(issues.read_text(encoding="utf-8"))["data"]
    return {
        "report-unmoderated": share(one["moderation"] for one in found),
        "report-rejected": share(one["state"] == 0 for one in found),
        "report-zero-date": share(one["updated"].startswith("0000") for one in found),
        "report-without-position": share(one["latitude"] == "" for one in found),
        "text-with-contact": share("Καλέστε" in one["description"] for one in found),
    }


def monuments(file: Path) -> Shares:
    """The list of monuments: what lacks, and the tag that it should not give."""
    found = json.loads(file.read_text(encoding="utf-8"))
    return {
        "monument-uncategorised": share(one["category_el"] is None for one in found),
        "monument-anonymous": share(one["creator_el"] is None for one in found),
        "monument-undated": share(one["year"] is None for one in found),
        "monument-unesco-tag": share("unesco" in one["type"] for one in found),
    }


def edm(files: Iterable[Path]) -> Shares:
    """Records of the Europeana Data Model: addresses with spaces, empty language tags, no institution."""
    records = [record for file in files for record in etree.parse(str(file)).iter(f"{RDF}RDF")]
    return {
        "edm-spaces": share(any(" " in address for address in addresses(one)) for one in records),
        "edm-empty-language": share(any(e.get(LANGUAGE) == "" for e in one.iter()) for one in records),
        "edm-without-provider": share(one.find(f".//{EDM}dataProvider") is None for one in records),
    }


def addresses(record: etree._Element) -> Iterator[str]:
    """Every address that a record names."""
    for element in record.iter():
        for name in ("about", "resource"):
            if (address := element.get(RDF + name)) is not None:
                yield address


def rows(table: Path) -> list[list[str]]:
    """The rows of a comma-separated sheet."""
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def daily_rows(file: Path) -> list[list[str]]:
    """The rows of a daily budget file, without its headings."""
    with file.open(encoding="utf-16", newline="") as text:
        return list(csv.reader(text, delimiter=";"))[1:]
