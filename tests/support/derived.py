"""A town with datasets that rules derive: benches by the year of the one beside, and those by decade."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

from support.town import Town, found_town

from kamara.config import PrivacySettings
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.state import States

LEAST = 3


def found_derived_town(folder: Path, least: int = LEAST) -> Town:
    """The town of `found_town` with the rules beside this; decades are told from `least` benches on."""
    town = found_town(folder)
    shutil.copytree(Path(__file__).with_name("derived"), town.settings.resources.root, dirs_exist_ok=True)
    privacy = PrivacySettings(threshold=least)
    return Town(folder, town.settings.model_copy(update={"privacy": privacy}))


def counts(town: Town, dataset: str) -> dict[str, int]:
    """Year or decade -> number, as a derived dataset holds it."""
    layout = Layout(town.settings.data_dir)
    content = States(layout, ChangeLog(layout)).read(dataset)
    found = (line.split(" ", 2) for line in content if "/def/count> " in line)
    return {name.rsplit("/", 1)[-1][:-1]: int(number.split('"')[1]) for name, _, number in found}


def counted(town: Town) -> dict[str, int]:
    """Year -> number of benches that stand beside one of that year, by the town's file alone."""
    (path,) = town.files.glob("*.csv")
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    since = {row["key"]: row["since"] for row in rows}
    return dict(Counter(year for row in rows if (year := since.get(row["next"]))))


def by_decade(years: dict[str, int], least: int = LEAST) -> dict[str, int]:
    """Decade -> number, of those with at least `least`."""
    found: Counter[str] = Counter()
    for year, number in years.items():
        found[f"{year[:3]}0"] += number
    return {decade: number for decade, number in found.items() if number >= least}
