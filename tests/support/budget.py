"""The budget, loaded by the pipeline and read again from its raw files by the few lines here.

What a test expects never comes from the loader: `rows` is csv and Decimal alone.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Store
from support.asked import Asked

from kamara.config import Settings
from kamara.loaders.pipeline import LoadReport, load
from kamara.loaders.source import choose, read_sources

FOLDERS = {"expenditure": "Expenses", "revenue": "Incomes"}
PHASES = {
    "Προϋπολογισθέντα": "draft",
    "Διαμορφωθέντα": "revised",
    "Δεσμευθέντα": "reserved",
    "Ενταλθέντα": "approved",
    "Βεβαιωθέντα": "approved",
    "Πληρωθέντα": "executed",
    "Εισπραχθέντα": "executed",
}
Key = tuple[str, str]
Row = dict[str, Decimal]


@dataclass(frozen=True)
class Budget(Asked):
    """A loaded budget: its raw files, the reports of the load, and the published store."""

    files: dict[str, Path]
    settings: Settings
    report: LoadReport
    store: Store

    def days(self, side: str) -> list[str]:
        """The days of the files of one side, ISO 8601."""
        return sorted(_day(path) for path in self.files[side].glob("*.csv"))

    def rows(self, side: str, day: str) -> dict[Key, Row]:
        """(service as written, code number) -> phase -> amount, as the raw file of that day says."""
        path = next(self.files[side].glob(day.replace("-", "_") + "_*.csv"))
        with path.open(encoding="utf-16", newline="") as file:
            headings, *rows = csv.reader(file, delimiter=";")
        columns = {headings.index(name): phase for name, phase in PHASES.items() if name in headings}
        return {
            (row[0].strip(), row[1].strip()): {phase: amount(row[at]) for at, phase in columns.items()}
            for row in rows
        }

    def totals(self, side: str, day: str) -> Row:
        """Phase -> sum over the raw file of that day."""
        found = self.rows(side, day).values()
        return {phase: sum((row[phase] for row in found), Decimal()) for phase in next(iter(found))}

    def told(self, term: object) -> object:
        """A term in a row: IRIs by their last part, numbers as Decimal, all else as text."""
        if isinstance(term, NamedNode):
            return term.value.rsplit("/", 1)[-1]
        if isinstance(term, Literal) and term.datatype.value.endswith(("#decimal", "#integer")):
            return Decimal(term.value)
        return super().told(term)


def amount(text: str) -> Decimal:
    """The number of a Greek decimal."""
    return Decimal(text.replace(".", "").replace(",", "."))


def load_sample(data: Path) -> Budget:
    """Every source's own sample."""
    settings = Settings(data_dir=data)
    sources = read_sources(settings.resources)
    report = load(settings, list(sources.values()))
    samples = {side: sources[f"budget-{side}"].folder / "sample" / FOLDERS[side] for side in FOLDERS}
    return _opened(samples, settings, report)


def load_from(data: Path, place: Path) -> Budget:
    """The two budget sources with the files under `place`."""
    settings = Settings(data_dir=data)
    sources = choose(read_sources(settings.resources), [f"budget-{side}" for side in FOLDERS])
    report = load(settings, sources, place)
    return _opened({side: place / FOLDERS[side] for side in FOLDERS}, settings, report)


def _opened(files: dict[str, Path], settings: Settings, report: LoadReport) -> Budget:
    assert report.failures == {}
    assert report.version is not None
    return Budget(files, settings, report, Store.read_only(str(report.version.store)))


def _day(path: Path) -> str:
    return "-".join(path.name.split("_")[:3])
