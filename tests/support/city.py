"""A small simulated city, loaded once; what its files say is read again by json and csv alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import parse

from pyoxigraph import Literal, NamedNode, Store
from support.asked import Asked
from support.reports import athens, public

from kamara.config import Settings, load_settings
from kamara.loaders.pipeline import LoadReport, load
from kamara.loaders.source import choose, read_sources
from kamara.resources import bundled

BASE = "https://data.thessaloniki.gr/"
Record = dict[str, Any]
Place = tuple[float, float]


class PublicReport(NamedTuple):
    """What a source says of a report; `made` is ISO 8601 or empty, `place` lon and lat."""

    category: str
    made: str
    step: str
    place: Place | None


@dataclass(frozen=True)
class City(Asked):
    """The folder that the simulator wrote, what its load did, and the published store."""

    folder: Path
    settings: Settings
    report: LoadReport
    store: Store

    def told(self, term: object) -> str | None:
        """A term in a row: IRIs without the base, literals as they are written."""
        if isinstance(term, NamedNode):
            return term.value.removeprefix(BASE)
        return term.value if isinstance(term, Literal) else None

    def files(self, source: str, pattern: str) -> list[Path]:
        """The files of a source, by name: the simulated ones, else its sample."""
        folder = self.folder / source
        if not folder.is_dir():
            folder = bundled().mappings / source / "sample"
        return sorted(folder.rglob(pattern))

    def decisions(self) -> list[Record]:
        """All decisions."""
        pages = (json.loads(file.read_text("utf-8")) for file in self.files("decisions", "*.json"))
        return [decision for page in pages for decision in page["decisions"]]

    def public_reports(self) -> list[PublicReport]:
        """The reports of all kinds that may be public."""
        return [*self._issues(), *self._requests()]

    def municipality_at(self, place: Place | None) -> str | None:
        """The code of the municipality whose simulated square holds the point."""
        (file,) = self.files("municipal-boundaries", "*.geojson")
        for feature in json.loads(file.read_text("utf-8"))["features"]:
            lons, lats = zip(*feature["geometry"]["coordinates"][0][0], strict=True)
            if place and min(lons) <= place[0] <= max(lons) and min(lats) <= place[1] <= max(lats):
                return str(feature["properties"]["KWD_YPES"])
        return None

    def _issues(self) -> Iterator[PublicReport]:
        (file,) = self.files("improvemycity", "issues.json")
        for one in public(json.loads(file.read_text("utf-8"))["data"]):
            made = athens(one["created"]).isoformat() if one["created"][0] != "0" else ""
            place = _place(one["longitude"], one["latitude"])
            yield PublicReport(one["catid_title"], made, one["stepid_title"], place)

    def _requests(self) -> Iterator[PublicReport]:
        (file,) = self.files("open311-requests", "*.json")
        found = json.loads(file.read_text("utf-8"))
        (file,) = self.files("open311-requests-xml", "*.xml")
        found += [{field.tag: field.text for field in one} for one in parse(file).iter("request")]
        for one in found:
            place = _place(one["long"], one["lat"])
            yield PublicReport(one["service_name"], one["requested_datetime"], one["status"], place)


def load_city(folder: Path, *names: str) -> City:
    """Load the sources of these names, or all, of the city that was simulated in `folder`."""
    settings = load_settings(folder / "kamara.toml")
    report = load(settings, choose(read_sources(settings.resources), list(names)))
    assert report.version is not None
    assert not report.failures, report.failures
    return City(folder, settings, report, Store.read_only(str(report.version.store)))


def _place(lon: object, lat: object) -> Place | None:
    return (float(str(lon)), float(str(lat))) if lon and lat else None
