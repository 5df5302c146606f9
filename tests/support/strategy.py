"""The strategy, loaded by the pipeline and read again from its tables by csv alone; towns to measure."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Store
from support.asked import Asked

from kamara.config import Settings, StrategySettings
from kamara.loaders.pipeline import LoadReport, load
from kamara.loaders.source import read_source

BASE = "https://data.thessaloniki.gr/"
DATASETS = ("strategy-targets", "strategy-actions", "strategy-links", "strategy-bases")
HEADINGS = "Υπηρεσία;Κ.Α.;Περιγραφή;Προϋπολογισθέντα;Διαμορφωθέντα;Δεσμευθέντα;Ενταλθέντα;Πληρωθέντα"


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a table with tabs."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def sample(name: str) -> list[dict[str, str]]:
    """The rows of one of our own tables."""
    (path,) = Settings().resources.mappings.glob(f"strategy-*/sample/{name}.tsv")
    return table(path)


@dataclass(frozen=True)
class Strategy(Asked):
    """A published store, and what the load of it reported."""

    settings: Settings
    store: Store
    report: LoadReport

    def status(self, name: str) -> str:
        """The status in the only row of a query that measures a target."""
        (row,) = self.ask(name)
        return str(row["status"]).rpartition("/")[2]


def load_strategy(
    data: Path, *more: tuple[str, Path], bases: dict[str, int] | None = None, simulated: tuple[str, ...] = ()
) -> Strategy:
    """The strategy's own tables, and `more` sources, each with the place of its files."""
    settings = Settings(
        data_dir=data,
        strategy=StrategySettings(bases=bases or {}),
        sources={name: {"path": place, "simulated": name in simulated} for name, place in more},
    )
    mappings = settings.resources.mappings
    reports = [load(settings, [read_source(mappings / name) for name in DATASETS])]
    reports += [load(settings, [read_source(mappings / name)]) for name, _ in more]
    assert [report.failures for report in reports] == [{} for _ in reports]
    version = reports[-1].version
    assert version is not None
    return Strategy(settings, Store.read_only(str(version.store)), reports[0])


def write_budget(folder: Path, **days: dict[str, int]) -> Path:
    """Expenditure files in the municipality's own format, by day (`d2015_12_31`): KA -> paid, in EUR."""
    (folder / "Expenses").mkdir(parents=True)
    for day, paid in days.items():
        rows = [f"Γενικές υπηρεσίες;{ka};Δοκιμή;0,00;0,00;0,00;0,00;{eur},00;" for ka, eur in paid.items()]
        text = "\r\n".join([HEADINGS, *rows]) + "\r\n"
        path = folder / "Expenses" / f"{day.removeprefix('d')}_21.00.csv"
        path.write_bytes(b"\xfe\xff" + text.encode("utf-16-be"))
    return folder
