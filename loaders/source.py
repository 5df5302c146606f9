"""A source: the folder under mappings/ that says how one dataset comes in."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from kamara.loaders.errors import SourceError
from kamara.loaders.fetch.kinds import Fetch, FileFetch, period
from kamara.loaders.needs import impossible
from kamara.resources import Resources, read_text
from kamara.sparql.changeset import Mode

MANUAL = "manual"

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return value


class Bilingual(_Part):
    """A text for people, in Greek and English."""

    el: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Files(_Part):
    """Which files a source reads, and where its sample lies.

    `name` is a regular expression with named groups: each becomes a column `file.GROUP` of every record of
    the file. `members` is the pattern of the wanted members of an archive.
    """

    folder: Path = Path("sample")
    pattern: str
    members: str = "*"
    name: str = ".*"

    @field_validator("name")
    @classmethod
    def _is_expression(cls, value: str) -> str:
        return _expression(value)


class History(_Part):
    """For mode `history`: the types whose things hold from a day on, and how a file's name gives its day."""

    types: tuple[Name, ...] = Field(min_length=1)
    day: str


class Sample(_Part):
    """What is to be said of the files in sample/ when they are not the source's own."""

    source: str
    note: Bilingual | None = None


class Privacy(_Part):
    """What a source with people's words in it may publish; both are off unless somebody decides.

    `publish_text`: free text and photos, redacted. `moderated`: all that it hands out was moderated.
    """

    publish_text: bool = False
    moderated: bool = False


class Readings(_Part):
    """How a record is taken apart into readings, and the table that says what its keys mean.

    `missing`: a regular expression for cells of a sheet that hold no value.
    """

    kind: Literal["columns", "things-stack", "ngsi", "devices"]
    table: Path
    missing: str = ""

    @field_validator("missing")
    @classmethod
    def _is_expression(cls, value: str) -> str:
        return _expression(value)


class Description(_Part):
    """The content of `source.toml`. `simulated` and the table [sample] are about the files in sample/.

    `needs` names the datasets in which the mapping's functions look up places. `theme` is a notation of
    ontology/codes/dataset-theme.ttl.
    """

    name: Name
    title: Bilingual
    description: Bilingual
    licence: str
    source: str
    publisher: str | None = None
    theme: Name | None = None
    mapping: str = "mapping.rml.ttl"
    shapes: tuple[Name, ...]
    rules: tuple[Name, ...] = ()
    owns: tuple[Name, ...] = Field(min_length=1)
    needs: tuple[Name, ...] = ()
    mode: Mode
    frequency: str | None = None
    simulated: bool = False
    shrink_limit: float = Field(0.5, ge=0, le=1)
    files: Files
    fetch: Fetch = FileFetch()
    sample: Sample | None = None
    history: History | None = None
    readings: Readings | None = None
    privacy: Privacy = Privacy()

    @field_validator("frequency")
    @classmethod
    def _is_frequency(cls, value: str | None) -> str | None:
        if value not in (None, MANUAL):
            period(value)
        return value

    @model_validator(mode="after")
    def _history_fits_mode(self) -> Description:
        if (self.mode == "history") != (self.history is not None):
            raise ValueError('the table [history] goes with mode = "history", and only with it')
        return self


@dataclass(frozen=True)
class Source:
    """A described source and the folder that it lies in."""

    folder: Path
    about: Description

    @property
    def name(self) -> str:
        """The dataset that it loads."""
        return self.about.name

    @property
    def mapping(self) -> Path:
        """Its RML mapping."""
        return self.folder / self.about.mapping

    def from_sample(self) -> Source:
        """The same source, its files taken from its sample folder."""
        return Source(self.folder, self.about.model_copy(update={"fetch": FileFetch()}))


def read_source(folder: Path) -> Source:
    """Read `source.toml` in `folder`. Raises SourceError naming the setting that is wrong."""
    path = folder / "source.toml"
    try:
        about = Description.model_validate(tomllib.loads(read_text(path)))
    except FileNotFoundError as error:
        raise SourceError("has no source.toml", where=str(folder), remedy="write one") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"is not TOML: {error}", where=str(path), remedy="correct it") from error
    except ValidationError as error:
        first = error.errors()[0]
        setting = ".".join(str(part) for part in first["loc"]) or "source"
        raise SourceError(
            f"{setting}: {first['msg']}", where=str(path), remedy='see CONTRIBUTING.md, "how to add a source"'
        ) from error
    if about.name != folder.name:
        raise SourceError(
            f"is named {about.name!r} in a folder named {folder.name!r}",
            where=str(path),
            remedy="let them agree",
        )
    return Source(folder, about)


def read_sources(resources: Resources) -> dict[str, Source]:
    """Every source under mappings/, by name. Raises SourceError for the first that cannot be used."""
    sources, broken = readable_sources(resources)
    for error in broken.values():
        raise error
    return sources


def readable_sources(resources: Resources) -> tuple[dict[str, Source], dict[str, SourceError]]:
    """The sources under mappings/ that can be used, and what is wrong with the others, by folder.

    Each type of things must have one owner: of two that claim it, the first by name has it. What a source
    needs must be there, and must not need it in turn.
    """
    sources: dict[str, Source] = {}
    broken: dict[str, SourceError] = {}
    owners: dict[str, str] = {}
    for folder in sorted(path.parent for path in resources.mappings.glob("*/source.toml")):
        try:
            source = read_source(folder)
            _claim(source, owners)
            sources[source.name] = source
        except SourceError as error:
            broken[folder.name] = error
    needs = {name: source.about.needs for name, source in sources.items()}
    for name, (what, remedy) in impossible(needs, {*sources, *broken}).items():
        where = str(sources.pop(name).folder / "source.toml")
        broken[name] = SourceError(f"needs: {what}", where=where, remedy=remedy)
    return sources, broken


def _claim(source: Source, owners: dict[str, str]) -> None:
    for kind in source.about.owns:
        if kind in owners:
            raise SourceError(
                f"owns {kind!r}, which {owners[kind]!r} owns too",
                where=str(source.folder / "source.toml"),
                remedy="let one dataset own it",
            )
    owners.update(dict.fromkeys(source.about.owns, source.name))


def choose(sources: dict[str, Source], names: list[str]) -> list[Source]:
    """The sources of these names, or all when none is named. Raises SourceError for an unknown name."""
    unknown = [name for name in names if name not in sources]
    if unknown:
        raise SourceError(
            f"there is no source {unknown[0]!r}", remedy=f"choose from: {', '.join(sources) or 'none'}"
        )
    return [sources[name] for name in names] if names else list(sources.values())
