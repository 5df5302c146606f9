"""An edited dataset: the folder under mappings/ that says what may be written into it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from kamara.loaders.derivation.description import readable_derivations
from kamara.loaders.description import About, Described, Name, read_description
from kamara.loaders.errors import SourceError
from kamara.loaders.source import readable_sources
from kamara.resources import Resources


class EditedAbout(About):
    """The content of `edited.toml`. `source` says where its statements come from, in words."""

    source: str
    shapes: tuple[Name, ...] = Field(min_length=1)


@dataclass(frozen=True)
class EditedDataset(Described):
    """A described edited dataset."""

    FILE = "edited.toml"
    ERROR = SourceError

    about: EditedAbout

    @property
    def mapping(self) -> Path:
        """The file that says what it is; it has no mapping."""
        return self.file


def read_edited(folder: Path) -> EditedDataset:
    """Read `edited.toml` in `folder`. Raises SourceError naming the setting that is wrong."""
    return EditedDataset(
        folder,
        read_description(folder / EditedDataset.FILE, EditedAbout, SourceError, "docs/models/edited.md"),
    )


def edited_folders(resources: Resources) -> list[Path]:
    """The folders of edited datasets."""
    return sorted(path.parent for path in resources.mappings.glob(f"*/{EditedDataset.FILE}"))


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
    if edited.name in names:
        raise SourceError(
            f"there is another dataset {edited.name!r}",
            where=str(edited.file),
            remedy="give one of them another name",
        )
    edited.claim(owners)
    names.add(edited.name)
