"""Places, loaded by the pipeline and read again from their raw files by the few lines here.

What a test expects never comes from the loader: the readers are json, csv, openpyxl and calamine alone, and
whether a point lies in a polygon is said by ray casting.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
from pyoxigraph import Store
from python_calamine import CalamineWorkbook
from support.heritage import Heritage

from kamara.config import Settings
from kamara.loaders.commit import Outcome
from kamara.loaders.pipeline import load
from kamara.loaders.source import readable_sources

SOURCES = (
    "kallikratis",
    "municipal-boundaries",
    "municipal-communities",
    "census-population",
    "place-names",
    "organizations",
    "public-monuments",
)
# The type of each sheet's things, and the type of what they lie in.
SHEETS = {
    "Περιφέρειες": ("region", ""),
    "Περιφερειακή Ενότητα": ("regional-unit", "region"),
    "Δήμος": ("municipality", "regional-unit"),
    "Δημοτική Ενότητα": ("municipal-unit", "municipality"),
}
Ring = list[list[float]]


@dataclass(frozen=True)
class Unit:
    """A row of the workbook of administrative units; `within` is empty for a region."""

    kind: str
    code: str
    name: str
    within: str


@dataclass(frozen=True)
class Area:
    """A row of the census."""

    level: int
    code: str
    name: str
    population: int


@dataclass(frozen=True)
class Places(Heritage):
    """Loaded places: the folder or file of each dataset, what the load did, and the published store."""

    def features(self) -> list[dict[str, Any]]:
        """The features of the boundaries."""
        found: list[dict[str, Any]] = json.loads(self._text("municipal-boundaries", "*.geojson"))["features"]
        return found

    def communities(self) -> list[dict[str, Any]]:
        """The features of the communities; none where there are no real ones."""
        if "municipal-communities" not in self.places:
            return []
        found: list[dict[str, Any]] = json.loads(self._text("municipal-communities", "*.geojson"))["features"]
        return found

    def units(self) -> Iterator[Unit]:
        """The rows of the workbook of administrative units."""
        book = openpyxl.load_workbook(self._file("kallikratis", "*.xlsx"))
        for sheet, (kind, above) in SHEETS.items():
            for code, name, *rest in list(book[sheet].iter_rows(values_only=True))[1:]:
                yield Unit(kind, str(code), str(name), f"{above}/{rest[0]}" if above else "")

    def census(self) -> list[Area]:
        """The rows of the census, under its title and its headings."""
        book = CalamineWorkbook.from_path(str(self._file("census-population", "*.xls")))
        _, _, *rows = book.get_sheet_by_index(0).to_python()
        return [Area(int(r[0]), str(r[2]), str(r[3]), int(r[4])) for r in rows]  # type: ignore[call-overload]

    def names(self) -> list[dict[str, str]]:
        """The rows of the register of place names."""
        return list(csv.DictReader(self._text("place-names", "*.csv").splitlines()))

    def records(self, dataset: str) -> int:
        """How many records the files of a dataset hold."""
        return {
            "municipal-boundaries": lambda: len(self.features()),
            "kallikratis": lambda: len(list(self.units())),
            "census-population": lambda: len(self.census()),
            "municipal-communities": lambda: len(self.communities()),
            "place-names": lambda: len(self.names()),
            "public-monuments": lambda: len(self.monuments()),
        }[dataset]()

    def municipality_at(self, lon: float, lat: float) -> str:
        """The code of the municipality whose polygon a point lies in; empty when it lies in none."""
        found = (f for f in self.features() if inside(lon, lat, f["geometry"]))
        return next((feature["properties"]["KWD_YPES"] for feature in found), "")

    def monuments(self) -> list[dict[str, Any]]:
        """The members of the list of public monuments."""
        found: list[dict[str, Any]] = json.loads(self._text("public-monuments", "*.json"))
        return found

    def place_at(self, lon: float, lat: float) -> str:
        """The type and code of the community that a point lies in, else of the municipality; else empty."""
        around = (c for c in self.communities() if inside(lon, lat, c["geometry"]))
        community = next((feature["properties"]["code"] for feature in around), "")
        code = self.municipality_at(lon, lat)
        return f"community/{community}" if community else f"municipality/{code}" if code else ""

    def _file(self, dataset: str, pattern: str) -> Path:
        place = self.places[dataset]
        return next(iter(sorted(place.glob(pattern)))) if place.is_dir() else place

    def _text(self, dataset: str, pattern: str) -> str:
        return self._file(dataset, pattern).read_text(encoding="utf-8")


def inside(lon: float, lat: float, geometry: dict[str, Any]) -> bool:
    """Whether a point lies in a polygon or multipolygon of GeoJSON: an odd number of rings around it."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return any(sum(_around(lon, lat, ring) for ring in rings) % 2 for rings in polygons)


def _around(lon: float, lat: float, ring: Ring) -> bool:
    crossings = 0
    for (x1, y1, *_), (x2, y2, *_) in pairwise(ring):
        if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
            crossings += 1
    return crossings % 2 == 1


def load_places(data: Path, places: dict[str, Path]) -> Places:
    """Load each source from its own place, in the order given, into the data folder `data`."""
    settings = Settings(data_dir=data)
    sources, _ = readable_sources(settings.resources)
    outcomes: list[Outcome] = []
    for name, place in places.items():
        report = load(settings, [sources[name]], place)
        assert name not in report.failures, report.failures[name]
        outcomes += report.outcomes
    assert report.version is not None
    return Places(places, settings, outcomes, Store.read_only(str(report.version.store)))


def samples() -> dict[str, Path]:
    """The sample folders of the sources of places and of the monuments that are tied to them."""
    mappings = Settings().resources.mappings
    return {name: mappings / name / "sample" for name in SOURCES}


def real_files(shared: Path) -> dict[str, Path]:
    """The real files; of place names and organisations there are only ours."""
    folder = shared / "data" / "locations"
    ours = {name: place for name, place in samples().items() if name != "municipal-communities"}
    return ours | {
        "kallikratis": folder / "kallikratis-domes.xlsx",
        "municipal-boundaries": folder / "kallikratis-thessaloniki-area.geojson",
        "census-population": folder / "population_census2011_Thessaloniki_metropolitan.xls",
        "public-monuments": shared / "data" / "heritage" / "thessaloniki-public-monuments.json",
    }


def sample_copy(name: str, folder: Path) -> Path:
    """A copy of a source's sample, in `folder`, that a test may spoil."""
    return Path(shutil.copytree(samples()[name], folder / name))
