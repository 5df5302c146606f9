"""An edited dataset: the folder under mappings/ that says what may be written into it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from kamara.loaders.dataset import Described
from kamara.loaders.derivation.description import readable_derivations
from kamara.loaders.description import About, Name, existing, read_description
from kamara.loaders.errors import SourceError
from kamara.loaders.source import readable_sources
from kamara.resources import Resources

ABOUT = "edited.toml"


class EditedAbout(About):
    """The content of `edited.toml`. `source` says where its statements come from, in words."""

    source: str
    shapes: tuple[Name, ...] = Field(min_length=1)
    rules: tuple[Name, ...] = ()


@dataclass(frozen=True)
class EditedDataset:
    """A described edited dataset and the folder that it lies in."""

    folder: Path
    about: EditedAbout

    @property
    def name(self) -> str:
        """The dataset."""
        return self.about.name

    @property
    def mapping(self) -> Path:
        """The file that says what it is; it has no mapping."""
        return self.folder / ABOUT

    def shape_files(self, resources: Resources) -> list[Path]:
        """The shapes that its things must fit. Raises SourceError when one is not there."""
        return [self._existing(resources.shapes / f"{name}.ttl") for name in self.about.shapes]

    def rule_files(self, resources: Resources) -> list[Path]:
        """The rules that the whole dataset must keep. Raises SourceError when one is not there."""
        return [self._existing(resources.rules / f"{name}.rq") for name in self.about.rules]

    def _existing(self, path: Path) -> Path:
        return existing(path, self.mapping, SourceError)


def read_edited(folder: Path) -> EditedDataset:
    """Read `edited.toml` in `folder`. Raises SourceError naming the setting that is wrong."""
    return EditedDataset(
        folder, read_description(folder / ABOUT, EditedAbout, SourceError, "docs/models/edited.md")
    )


def edited_folders(resources: Resources) -> list[Path]:
    """The folders of edited datasets."""
    return sorted(path.parent for path in resources.mappings.glob(f"*/{ABOUT}"))


def readable_edited(resources: Resources) -> tuple[dict[str, EditedDataset], dict[str, SourceError]]:
    """The edited datasets that can be used, and what is wrong with the others, by folder.

    What a source or a derived dataset is called or owns, no edited dataset may have.
    """
    found: dict[str, EditedDataset] = {}
    broken: dict[str, SourceError] = {}
    folders = edited_folders(resources)
    names, owners = _taken(resources) if folders else (set[str](), dict[str, str]())
    for folder in folders:
        try:
            edited = read_edited(folder)
            _claim(edited, names, owners)
            found[edited.name] = edited
        except SourceError as error:
            broken[folder.name] = error
    return found, broken


def _taken(resources: Resources) -> tuple[set[str], dict[str, str]]:
    """The names of all other datasets, and who owns each type of things."""
    others: list[Described] = [
        *readable_sources(resources)[0].values(),
        *readable_derivations(resources)[0].values(),
    ]
    owners = {kind: other.name for other in others for kind in other.about.owns}
    return {other.name for other in others}, owners


def _claim(edited: EditedDataset, names: set[str], owners: dict[str, str]) -> None:
    where = str(edited.mapping)
    if edited.name in names:
        raise SourceError(
            f"there is another dataset {edited.name!r}", where=where, remedy="give one of them another name"
        )
    for kind in edited.about.owns:
        if kind in owners:
            raise SourceError(
                f"owns {kind!r}, which {owners[kind]!r} owns too",
                where=where,
                remedy="let one dataset own it",
            )
    names.add(edited.name)
    owners.update(dict.fromkeys(edited.about.owns, edited.name))
