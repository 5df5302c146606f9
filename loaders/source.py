"""A source: the folder under mappings/ that says how one dataset comes in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, field_validator, model_validator

from kamara.loaders.description import About, Bilingual, Described, Name, Part, read_description
from kamara.loaders.errors import SourceError
from kamara.loaders.fetch.kinds import Fetch, FileFetch, period
from kamara.loaders.history import Groups
from kamara.loaders.needs import impossible
from kamara.resources import Resources
from kamara.sparql.changeset import Mode

MANUAL = "manual"


def _expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return value


Expression = Annotated[str, AfterValidator(_expression)]


class Files(Part):
    """Which files a source reads, and where its sample lies.

    `name` is a regular expression with named groups: each becomes a column `file.GROUP` of every record of
    the file. `members` is the pattern of the wanted members of an archive.
    """

    folder: Path = Path("sample")
    pattern: str
    members: str = "*"
    name: Expression = ".*"


class History(Part):
    """For mode `history`: the types whose things hold from a day on, and how a file's name gives its day."""

    types: tuple[Name, ...] = Field(min_length=1)
    day: str


class Sample(Part):
    """What is to be said of the files in sample/ when they are not the source's own."""

    source: str
    note: Bilingual | None = None


class Privacy(Part):
    """What a source with people's words in it may publish; both are off unless somebody decides.

    `publish_text`: free text and photos, redacted. `moderated`: all that it hands out was moderated.
    """

    publish_text: bool = False
    moderated: bool = False


class Readings(Part):
    """How a record is taken apart into readings, and the table that says what its keys mean.

    `missing`: a regular expression for cells of a sheet that hold no value.
    """

    kind: Literal["columns", "things-stack", "ngsi", "devices"]
    table: Path
    missing: Expression = ""


class Description(About):
    """The content of `source.toml`. `simulated` and the table [sample] are about the files in sample/.

    `needs` names the datasets in which the mapping's functions look up places.
    """

    source: str
    mapping: str = "mapping.rml.ttl"
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
class Source(Described):
    """A described source; its dataset is named as it is."""

    FILE = "source.toml"
    ERROR = SourceError

    about: Description

    @property
    def mapping(self) -> Path:
        """Its RML mapping."""
        return self.folder / self.about.mapping

    def groups(self, base_iri: str) -> Groups:
        """How the lines of its dataset are merged, day by day."""
        history = self.about.history
        return Groups(f"{base_iri}id/{kind}/" for kind in (history.types if history else ()))

    def from_sample(self) -> Source:
        """The same source, its files taken from its sample folder."""
        return Source(self.folder, self.about.model_copy(update={"fetch": FileFetch()}))


def read_source(folder: Path) -> Source:
    """Read `source.toml` in `folder`. Raises SourceError naming the setting that is wrong."""
    guide = 'CONTRIBUTING.md, "how to add a source"'
    about = read_description(folder / Source.FILE, Description, SourceError, guide)
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
    for folder in sorted(path.parent for path in resources.mappings.glob(f"*/{Source.FILE}")):
        try:
            source = read_source(folder)
            source.claim(owners)
            sources[source.name] = source
        except SourceError as error:
            broken[folder.name] = error
    needs = {name: source.about.needs for name, source in sources.items()}
    for name, (what, remedy) in impossible(needs, {*sources, *broken}).items():
        where = str(sources.pop(name).file)
        broken[name] = SourceError(f"needs: {what}", where=where, remedy=remedy)
    return sources, broken


def choose(sources: dict[str, Source], names: list[str]) -> list[Source]:
    """The sources of these names, or all when none is named. Raises SourceError for an unknown name."""
    unknown = [name for name in names if name not in sources]
    if unknown:
        raise SourceError(
            f"there is no source {unknown[0]!r}", remedy=f"choose from: {', '.join(sources) or 'none'}"
        )
    return [sources[name] for name in names] if names else list(sources.values())
