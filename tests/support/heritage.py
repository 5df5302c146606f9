"""Heritage, loaded by the pipeline and read again from its raw files by the few lines here.

What a test expects never comes from the loader: the readers are json, csv and ElementTree alone.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, parse

from pyoxigraph import Store
from support.asked import Asked

from kamara.config import Settings
from kamara.loaders.commit import Outcome
from kamara.loaders.pipeline import load
from kamara.loaders.source import choose, read_sources

ID = "https://data.thessaloniki.gr/id/"
CODE = "https://data.thessaloniki.gr/code/"
NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "edm": "http://www.europeana.eu/schemas/edm/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oai": "http://www.openarchives.org/OAI/2.0/",
    "ore": "http://www.openarchives.org/ore/terms/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "svcs": "http://rdfs.org/sioc/services#",
}
RDF = f"{{{NAMESPACES['rdf']}}}"
Monument = dict[str, Any]


@dataclass(frozen=True)
class Heritage(Asked):
    """Loaded heritage: the folder or file of each dataset, what the load did, and the published store."""

    places: dict[str, Path]
    settings: Settings
    outcomes: list[Outcome]
    store: Store

    def monuments(self) -> list[Monument]:
        """The members of the list of public monuments."""
        (path,) = self.places["public-monuments"].glob("*.json")
        found: list[Monument] = json.loads(path.read_text(encoding="utf-8"))
        return found

    def components(self) -> list[dict[str, str]]:
        """The rows of UNESCO's list."""
        with (self.places["world-heritage"] / "unesco_456_components.csv").open(encoding="utf-8") as file:
            return list(csv.DictReader(file))

    def records(self, dataset: str) -> int:
        """How many records the files of a dataset hold."""
        return {
            "public-monuments": lambda: len(self.monuments()),
            "world-heritage": lambda: len(self.components()),
            "edm-records": lambda: len(list(self.edm())) + len(list(self.parts())),
            "oai-records": lambda: len(list(self.oai())),
        }[dataset]()

    def roots(self, dataset: str) -> Iterator[Element]:
        """The root of each XML file of a dataset."""
        return (parse(path).getroot() for path in sorted(self.places[dataset].glob("*.xml")))

    def edm(self) -> Iterator[Element]:
        """Every record of the Europeana Data Model."""
        return (root for root in self.roots("edm-records") if root.tag == f"{RDF}RDF")

    def parts(self) -> Iterator[Element]:
        """Every place, time span, agent and web resource of those records."""
        kinds = ("Agent", "Place", "TimeSpan", "WebResource")
        return (
            part for root in self.edm() for kind in kinds for part in root.iterfind(f"edm:{kind}", NAMESPACES)
        )

    def oai(self) -> Iterator[Element]:
        """Every record of OAI-PMH."""
        return (
            record
            for root in self.roots("oai-records")
            for record in root.iterfind("*/oai:record", NAMESPACES)
        )

    def values(self, thing: str, predicate: str) -> set[str]:
        """The values of a property of a thing, as texts."""
        return {row["o"] for row in self.select(f"SELECT ?o {{ <{thing}> <{predicate}> ?o }}")}


def load_places(data: Path, places: dict[str, Path]) -> Heritage:
    """Load each source from its own place into the data folder `data`."""
    settings = Settings(data_dir=data)
    sources = read_sources(settings.resources)
    reports = [load(settings, choose(sources, [name]), place) for name, place in places.items()]
    assert [report.failures for report in reports] == [{} for _ in reports]
    newest = reports[-1].version
    assert newest is not None
    outcomes = [outcome for report in reports for outcome in report.outcomes]
    return Heritage(places, settings, outcomes, Store.read_only(str(newest.store)))


def samples(settings: Settings) -> dict[str, Path]:
    """The sample folders of the heritage sources."""
    names = (
        "public-monuments",
        "world-heritage",
        "edm-records",
        "oai-records",
        "institution-table",
        "heritage-links",
    )
    return {name: settings.resources.mappings / name / "sample" for name in names}


def sample_copy(name: str, folder: Path) -> Path:
    """A copy of a source's sample, in `folder`, that a test may spoil."""
    return Path(shutil.copytree(samples(Settings())[name], folder / name))


def real_places(shared: Path) -> dict[str, Path]:
    """Where the real files of the heritage sources lie."""
    folder = shared / "data" / "heritage"
    return {
        "public-monuments": folder,
        "world-heritage": folder,
        "edm-records": folder / "edm",
        "oai-records": folder / "edm",
    }
