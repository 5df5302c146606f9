"""Citizens' reports, loaded by the pipeline and read again from their files by the few lines here.

What a test expects never comes from the loader: the readers are json and ElementTree alone.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse
from zoneinfo import ZoneInfo

from pyoxigraph import Store
from support.asked import Asked

from kamara.config import PrivacySettings, Settings
from kamara.loaders.commit import Outcome
from kamara.loaders.pipeline import load
from kamara.loaders.source import Source, choose, read_sources

BASE = "https://data.thessaloniki.gr/"
CITY = ("improvemycity", "open311-requests", "open311-requests-xml", "open311-services", "ngsi-issues")
PLACES = "municipal-boundaries"
NO_DATE = "0000-00-00 00:00:00"
Issue = dict[str, Any]


@dataclass(frozen=True)
class Reports(Asked):
    """Loaded reports: what the load did and the published store."""

    settings: Settings
    outcomes: list[Outcome]
    store: Store

    def counts(self, dataset: str) -> tuple[int, int, int]:
        """Records, published and quarantined ones."""
        found = [one.counts for one in self.outcomes if one.dataset == dataset][-1]
        return found.records, found.published, found.quarantined

    def values(self, thing: str, predicate: str) -> set[str]:
        """The values of a property of a thing (after the base), as texts."""
        return {row["o"] for row in self.select(f"SELECT ?o {{ <{BASE}{thing}> <{predicate}> ?o }}")}


def load_reports(
    data: Path, places: dict[str, Path], sources: dict[str, Source] | None = None, **privacy: float
) -> Reports:
    """Load each source from its own place into the data folder `data`, the boundaries before."""
    settings = Settings(data_dir=data, privacy=PrivacySettings.model_validate(privacy))
    known = sources or read_sources(settings.resources)
    load(settings, choose(known, [PLACES]))
    reports = [load(settings, choose(known, [name]), place) for name, place in places.items()]
    assert [report.failures for report in reports] == [{} for _ in reports]
    newest = reports[-1].version
    assert newest is not None
    outcomes = [outcome for report in reports for outcome in report.outcomes]
    return Reports(settings, outcomes, Store.read_only(str(newest.store)))


def samples() -> dict[str, Path]:
    """The sample folders of the sources of reports."""
    return {name: sample(name) for name in CITY}


def sample(name: str) -> Path:
    """The sample folder of a source."""
    return Settings().resources.mappings / name / "sample"


def sample_copy(name: str, folder: Path) -> Path:
    """A copy of a source's sample, in `folder`, that a test may change."""
    return Path(shutil.copytree(sample(name), folder / name))


def real_places(shared: Path, folder: Path) -> dict[str, Path]:
    """The real files of Open311 and NGSI-LD, sorted into a folder a source."""
    issues = shared / "data" / "issues"
    fixtures = issues / "open311-fixtures"
    files = {
        "open311-requests": [fixtures / "service_requests.json"],
        "open311-requests-xml": sorted(fixtures.glob("requests_*.xml")),
        "open311-services": [fixtures / "service_list.json", fixtures / "services_giessen.xml"],
        "ngsi-issues": sorted((issues / "ngsi-ld").glob("*.jsonld")),
    }
    for name, paths in files.items():
        (folder / name).mkdir(parents=True)
        for path in paths:
            shutil.copy(path, folder / name)
    return {name: folder / name for name in files}


def records(place: Path) -> int:
    """How many records the files in a folder of Open311 or NGSI-LD hold."""
    total = 0
    for path in place.iterdir():
        if path.suffix == ".xml":
            total += len(list(parse(path).getroot()))
        elif path.suffix in (".json", ".jsonld"):
            content = json.loads(path.read_text(encoding="utf-8"))
            total += len(content) if isinstance(content, list) else 1
    return total


def read_data(place: Path, kind: str) -> list[Issue]:
    """The records of an answer of ImproveMyCity: `issues`, `timeline`, `categories` or `steps`."""
    paths = sorted(place.glob(f"{kind}*.json"))
    return [one for path in paths for one in json.loads(path.read_text(encoding="utf-8"))["data"]]


def change_issue(place: Path, number: int, **fields: object) -> None:
    """Change fields of an issue in a copy of the sample."""
    path = place / "issues.json"
    answer = json.loads(path.read_text(encoding="utf-8"))
    for issue in answer["data"]:
        if issue["id"] == number:
            issue.update(fields)
    path.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")


def public(issues: Iterable[Issue]) -> list[Issue]:
    """The issues that may be public: moderated, and published."""
    return [issue for issue in issues if issue["moderation"] is False and issue["state"] == 1]


def athens(text: str) -> datetime:
    """The moment of a time in UTC, as com_imc writes it, on the clocks of Athens."""
    moment = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    return moment.astimezone(ZoneInfo("Europe/Athens"))
