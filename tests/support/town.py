"""A small town of our own: a resources tree with one simple source a mode, and its settings.

Its files are tables of benches with a key, a Greek name and the bench that stands next to each.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from kamara.config import LoadSettings, Settings
from kamara.loaders.pipeline import LoadReport, load
from kamara.loaders.source import read_sources
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.state import States
from kamara.sparql.watcher import Watcher

BASE = "https://data.thessaloniki.gr/"


@dataclass(frozen=True)
class Town:
    """A resources tree, a data folder and a folder of source files."""

    folder: Path
    settings: Settings

    @property
    def files(self) -> Path:
        """Where the source's files lie."""
        return self.folder / "files"

    @property
    def source_folder(self) -> Path:
        """The folder of the source `benches`."""
        return self.settings.resources.mappings / "benches"

    def write(self, name: str, *rows: str, encoding: str = "utf-8") -> Path:
        """Write a table with these rows."""
        path = self.files / name
        path.write_text("\n".join(["key,name,next,since", *rows]) + "\n", encoding=encoding)
        return path

    def only(self, name: str, *rows: str) -> Path:
        """Write a table in the place of all that there are."""
        for path in self.files.iterdir():
            path.unlink()
        return self.write(name, *rows)

    def copy(self, folder: Path) -> Town:
        """The same town in another folder, with all that was loaded."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        places = {"data_dir": folder / "data", "resources_dir": folder / "resources"}
        return Town(folder, self.settings.model_copy(update=places))

    def load(self, watcher: Watcher | None = None) -> LoadReport:
        """Load the source."""
        return load(self.settings, list(read_sources(self.settings.resources).values()), self.files, watcher)

    def lines(self) -> set[str]:
        """What stands in the dataset, without what it says of itself."""
        layout = Layout(self.settings.data_dir)
        content = States(layout, ChangeLog(layout)).read("benches")
        return {line for line in content if not line.startswith(f"<{BASE}dataset/")}

    def labels(self) -> dict[str, str]:
        """Key -> name of each bench that stands in the dataset."""
        mark = "<http://www.w3.org/2000/01/rdf-schema#label> "
        found = (line.split(f" {mark}") for line in self.lines() if mark in line)
        return {name.removeprefix(f"<{BASE}id/bench/")[:-1]: text.split('"')[1] for name, text in found}


def found_town(folder: Path, mode: str = "replace", **limits: int) -> Town:
    """Make a town whose source has this mode, from the tree beside this module."""
    resources = folder / "resources"
    shutil.copytree(Path(__file__).with_name("town"), resources)
    source = resources / "mappings" / "benches"
    edit(source / "source.toml", '"replace"', f'"{mode}"')
    if mode == "history":
        edit(source / "mapping.rml.ttl", "bench/{key}", "bench/{key}~{file.day}")
        with (source / "source.toml").open("a", encoding="utf-8") as text:
            text.write('[history]\ntypes = ["bench"]\nday = "{day}"\n')
    (folder / "files").mkdir()
    settings = Settings(data_dir=folder / "data", resources_dir=resources, load=LoadSettings(**limits))
    return Town(folder, settings)


def withholding(town: Town) -> Town:
    """The town, in which from now on a bench `since` "secret" is withheld."""
    with (town.settings.resources.shapes / "bench.ttl").open("a", encoding="utf-8") as shapes:
        shapes.write(Path(__file__).with_name("secret-benches.ttl").read_text(encoding="utf-8"))
    return town


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text in a file that holds it."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
