"""What the TOML files that describe datasets have in common, and how such a file is read."""

from __future__ import annotations

import tomllib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kamara.loaders.errors import LoadError
from kamara.resources import Resources, read_text

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class Part(BaseModel):
    """A table of a description: a setting that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Part):
    """A text for people, in Greek and English."""

    el: str = Field(min_length=1)
    en: str = Field(min_length=1)


class About(Part):
    """What every dataset's description holds, be it loaded from a source, derived from others or edited.

    `publisher`: its address under the base. `theme`: a notation of ontology/codes/dataset-theme.ttl. `owns`:
    the types of things that only this dataset may describe. `shapes` are what its things must fit, `rules`
    what the whole dataset must keep.
    """

    name: Name
    title: Bilingual
    description: Bilingual
    licence: str
    publisher: str | None = None
    theme: Name | None = None
    owns: tuple[Name, ...] = Field(min_length=1)
    shapes: tuple[Name, ...]
    rules: tuple[Name, ...] = ()


@dataclass(frozen=True)
class Described(ABC):
    """A dataset with its description, and the folder that this lies in.

    `FILE` is the name of the description in its folder; `ERROR` what is raised when that is wrong.
    """

    FILE: ClassVar[str]
    ERROR: ClassVar[type[LoadError]]

    folder: Path
    about: About

    @property
    def name(self) -> str:
        """The dataset, as it is called in addresses."""
        return self.about.name

    @property
    def file(self) -> Path:
        """The file that describes it."""
        return self.folder / self.FILE

    @property
    @abstractmethod
    def mapping(self) -> Path:
        """The file that says how it is made."""

    def shape_files(self, resources: Resources) -> list[Path]:
        """The shapes that its things must fit. Raises `ERROR` when one is not there."""
        return [self.existing(resources.shapes / f"{name}.ttl") for name in self.about.shapes]

    def rule_files(self, resources: Resources) -> list[Path]:
        """The rules that the whole dataset must keep. Raises `ERROR` when one is not there."""
        return [self.existing(resources.rules / f"{name}.rq") for name in self.about.rules]

    def existing(self, path: Path) -> Path:
        """The path of a file that the description names. Raises `ERROR` when it is not there."""
        if not path.is_file():
            raise self.ERROR(
                f"names {path.name}, which is not in {path.parent}",
                where=str(self.file),
                remedy="correct the name or add the file",
            )
        return path

    def claim(self, owners: dict[str, str]) -> None:
        """Make it the owner of its types. Raises `ERROR` when one of them has an owner already."""
        for kind in self.about.owns:
            if kind in owners:
                raise self.ERROR(
                    f"owns {kind!r}, which {owners[kind]!r} owns too",
                    where=str(self.file),
                    remedy="let one dataset own it",
                )
        owners.update(dict.fromkeys(self.about.owns, self.name))


Content = TypeVar("Content", bound=About)


def read_description(path: Path, kind: type[Content], error: type[LoadError], guide: str) -> Content:
    """Read the description at `path`; its dataset is named as its folder.

    Raises `error` naming the setting that is wrong; `guide` is what tells a person how to write it.
    """
    try:
        about = kind.model_validate(tomllib.loads(read_text(path)))
    except FileNotFoundError as cause:
        raise error(f"has no {path.name}", where=str(path.parent), remedy="write one") from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise error(f"is not TOML: {cause}", where=str(path), remedy="correct it") from cause
    except ValidationError as cause:
        first = cause.errors()[0]
        setting = ".".join(str(part) for part in first["loc"]) or path.stem
        raise error(f"{setting}: {first['msg']}", where=str(path), remedy=f"see {guide}") from cause
    if about.name != path.parent.name:
        raise error(
            f"is named {about.name!r} in a folder named {path.parent.name!r}",
            where=str(path),
            remedy="let them agree",
        )
    return about
