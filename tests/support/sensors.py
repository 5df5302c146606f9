"""Sensors, loaded by the pipeline and read again from their raw files by the few lines here.

What a test expects never comes from the loader: the readers are csv and json alone.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, Store
from support.asked import Asked

from kamara.config import Settings
from kamara.loaders.commit import Outcome
from kamara.loaders.pipeline import load
from kamara.loaders.source import choose, read_sources

ID = "https://data.thessaloniki.gr/id/"
PROPERTY = "https://data.thessaloniki.gr/code/observable-property/"
UNIT = "http://qudt.org/vocab/unit/"
PREFIXES = (
    "PREFIX kam: <https://data.thessaloniki.gr/def/> PREFIX sosa: <http://www.w3.org/ns/sosa/>"
    " PREFIX qudt: <http://qudt.org/schema/qudt/> PREFIX schema: <https://schema.org/>"
    " PREFIX geo: <http://www.opengis.net/ont/geosparql#> PREFIX prov: <http://www.w3.org/ns/prov#>"
    " PREFIX dcterms: <http://purl.org/dc/terms/>"
    " PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)
SOURCES = (
    "municipal-boundaries",
    "air-quality-stations",
    "air-quality",
    "things-stack-devices",
    "things-stack-uplinks",
    "ngsi-air-quality",
)
HEADINGS = {"SO2": "so2", "PM10": "pm10", "PM2,5": "pm2.5", "CO": "co", "NO": "no", "NO2": "no2", "O3": "o3"}


@dataclass(frozen=True)
class Reading:
    """A cell of a sheet that holds a value: the station's number, the pollutant's notation, the day."""

    station: str
    pollutant: str
    day: str
    value: Decimal


@dataclass(frozen=True)
class Sheet:
    """The rows of a sheet of the workbook, read by csv alone."""

    station: str
    path: Path

    def rows(self) -> list[dict[str, str]]:
        """The rows that hold something outside of the column of titles, by the first word of the heading."""
        with self.path.open(encoding="utf-8", newline="") as file:
            first, *rest = csv.reader(file)
        names = [heading.split()[0] for heading in first]
        return [dict(zip(names[1:], row[1:], strict=False)) for row in rest if any(row[1:])]

    def readings(self) -> Iterator[Reading]:
        """The cells of pollutants that are neither empty nor `#`."""
        for row in self.rows():
            for heading, pollutant in HEADINGS.items():
                value = row.get(heading, "")
                if value and value != "#":
                    yield Reading(self.station, pollutant, row["Ημερο"], Decimal(value))


@dataclass(frozen=True)
class Loaded(Asked):
    """Loaded sensors: what the loads did, and the published store."""

    settings: Settings
    outcomes: list[Outcome]
    store: Store

    def counts(self, dataset: str) -> tuple[int, int, int]:
        """The records, the published and the quarantined ones of the last load of a dataset."""
        counts = [outcome.counts for outcome in self.outcomes if outcome.dataset == dataset][-1]
        return counts.records, counts.published, counts.quarantined

    def select(self, text: str) -> list[dict[str, Any]]:
        """The rows of a SELECT, its prefixes left out; numbers as Decimal."""
        return self.answer(PREFIXES + text)

    def told(self, term: object) -> Any:
        """A term in a row: numbers as Decimal, booleans as such, all else as text."""
        if isinstance(term, Literal) and term.datatype.value.endswith(("#decimal", "#integer")):
            return Decimal(term.value)
        return super().told(term)

    def value(self, thing: str, predicate: str) -> Any:
        """The one value of a property of a thing, None when there is none."""
        found = self.select(f"SELECT ?o {{ <{ID}{thing}> {predicate} ?o }}")
        assert len(found) <= 1
        return found[0]["o"] if found else None


def load_sensors(data: Path, places: dict[str, Path | None]) -> Loaded:
    """Load each source from its own place, or its sample, into the data folder `data`."""
    settings = Settings(data_dir=data)
    sources = read_sources(settings.resources)
    reports = [load(settings, choose(sources, [name]), place) for name, place in places.items()]
    failures = {name: error for report in reports for name, error in report.failures.items()}
    assert {name: failures[name] for name in places if name in failures} == {}
    newest = reports[-1].version
    assert newest is not None
    outcomes = [outcome for report in reports for outcome in report.outcomes]
    return Loaded(settings, outcomes, Store.read_only(str(newest.store)))


def real_sheets(shared: Path) -> list[Sheet]:
    """The two sheets of stations that are there."""
    folder = shared / "data" / "sensors"
    return [
        Sheet("1", folder / "aq-csv-3-Στ_ΕΓΝΑΤΙΑΣ.csv"),
        Sheet("4", folder / "aq-csv-6-Στ_ΕΠΤΑΠΥΡΓΙΟΥ.csv"),
    ]


def sample_sheets(settings: Settings) -> list[Sheet]:
    """The two sheets of the sample."""
    folder = settings.resources.mappings / "air-quality" / "sample"
    return [Sheet("901", folder / "station-901.csv"), Sheet("902", folder / "station-902.csv")]


def load_air(shared: Path, data: Path) -> Loaded:
    """The station sheet and those of two stations, loaded into the data folder `data`."""
    sheets = data / "sheets"
    sheets.mkdir()
    for sheet in real_sheets(shared):
        shutil.copy(sheet.path, sheets)
    stations = shared / "data" / "sensors" / "aq-csv-2-Χαρακτηριστικά_Σταθμών.csv"
    return load_sensors(data / "data", {"air-quality-stations": stations, "air-quality": sheets})


def uplinks(path: Path) -> list[dict[str, Any]]:
    """The uplinks of a file: JSON Lines of the Storage Integration, or one message."""
    if path.suffix == ".json":
        return [json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)]
    with path.open(encoding="utf-8") as file:
        found = [json.loads(line, parse_float=Decimal) for line in file]
    return [line.get("result", line) for line in found]


def by_key(readings: Iterator[Reading]) -> dict[tuple[str, str], list[Reading]]:
    """Readings by station and pollutant."""
    found: dict[tuple[str, str], list[Reading]] = defaultdict(list)
    for reading in readings:
        found[reading.station, reading.pollutant].append(reading)
    return found
