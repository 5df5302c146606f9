"""What the TOML files that describe datasets have in common, and how such a file is read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kamara.loaders.errors import LoadError
from kamara.resources import read_text

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class Part(BaseModel):
    """A table of a description: a setting that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(Part):
    """A text for people, in Greek and English."""

    el: str = Field(min_length=1)
    en: str = Field(min_length=1)


class About(Part):
    """What every dataset's description holds, be it loaded from a source or derived from others.

    `publisher`: its address under the base. `theme`: a notation of ontology/codes/dataset-theme.ttl. `owns`:
    the types of things that only this dataset may describe.
    """

    name: Name
    title: Bilingual
    description: Bilingual
    licence: str
    publisher: str | None = None
    theme: Name | None = None
    owns: tuple[Name, ...] = Field(min_length=1)


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


def existing(path: Path, named_in: Path, error: type[LoadError]) -> Path:
    """The path of a file that the description `named_in` names. Raises `error` when it is not there."""
    if not path.is_file():
        raise error(
            f"names {path.name}, which is not in {path.parent}",
            where=str(named_in),
            remedy="correct the name or add the file",
        )
    return path
