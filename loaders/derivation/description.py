"""A derived dataset: the folder under sparql/rules/ that says what it is and by which rules it is made."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kamara.loaders.errors import DerivationError
from kamara.loaders.needs import in_order
from kamara.loaders.source import Bilingual, Name
from kamara.resources import Resources, read_text

ABOUT = "derived.toml"


class DerivedAbout(BaseModel):
    """The content of `derived.toml`.

    `sources` (`from` in the file) are the datasets that the rules see, `parameters` variables of the rules
    and the settings that give their values.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    title: Bilingual
    description: Bilingual
    licence: str
    publisher: str | None = None
    theme: Name | None = None
    sources: tuple[Name, ...] = Field(alias="from", min_length=1)
    owns: tuple[Name, ...] = Field(min_length=1)
    shapes: tuple[Name, ...] = Field(min_length=1)
    rules: tuple[Name, ...] = ()
    parameters: dict[str, str] = {}


@dataclass(frozen=True)
class Derivation:
    """A described derived dataset and the folder that it lies in."""

    folder: Path
    about: DerivedAbout

    @property
    def name(self) -> str:
        """The dataset that it makes."""
        return self.about.name

    @property
    def mapping(self) -> Path:
        """The query that makes its results."""
        return self.folder / "result.rq"

    @property
    def affected(self) -> Path:
        """The query that names every result; of things that changed, those that they touch."""
        return self.folder / "affected.rq"

    @property
    def also_affected(self) -> list[Path]:
        """Further queries that name results which changed things touch."""
        return sorted(self.folder.glob("affected-*.rq"))

    def shape_files(self, resources: Resources) -> list[Path]:
        """The shapes that its results must fit. Raises DerivationError when one is not there."""
        return [self._existing(resources.shapes / f"{name}.ttl") for name in self.about.shapes]

    def rule_files(self, resources: Resources) -> list[Path]:
        """The rules that the whole dataset must keep. Raises DerivationError when one is not there."""
        return [self._existing(resources.rules / f"{name}.rq") for name in self.about.rules]

    def query_files(self) -> list[Path]:
        """Its queries. Raises DerivationError when one is not there."""
        return [self._existing(self.affected), *self.also_affected, self._existing(self.mapping)]

    def _existing(self, path: Path) -> Path:
        if not path.is_file():
            raise DerivationError(
                f"needs {path.name}, which is not in {path.parent}",
                where=str(self.folder / ABOUT),
                remedy="correct the name or add the file",
            )
        return path


def read_derivation(folder: Path) -> Derivation:
    """Read `derived.toml` in `folder`. Raises DerivationError naming the setting that is wrong."""
    path = folder / ABOUT
    try:
        about = DerivedAbout.model_validate(tomllib.loads(read_text(path)))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DerivationError(f"is not TOML: {error}", where=str(path), remedy="correct it") from error
    except ValidationError as error:
        first = error.errors()[0]
        setting = ".".join(str(part) for part in first["loc"])
        raise DerivationError(
            f"{setting}: {first['msg']}", where=str(path), remedy="see docs/models/derived.md"
        ) from error
    if about.name != folder.name:
        raise DerivationError(
            f"is named {about.name!r} in a folder named {folder.name!r}",
            where=str(path),
            remedy="let them agree",
        )
    return Derivation(folder, about)


def derivation_folders(resources: Resources) -> list[Path]:
    """The folders of derived datasets."""
    return sorted(path.parent for path in resources.rules.glob(f"*/{ABOUT}"))


def readable_derivations(
    resources: Resources,
) -> tuple[dict[str, Derivation], dict[str, DerivationError]]:
    """The derived datasets that can be used, each after those that it is made from, and what is wrong
    with the others.

    Those that are made from each other in a circle cannot be.
    """
    found: dict[str, Derivation] = {}
    broken: dict[str, DerivationError] = {}
    for folder in derivation_folders(resources):
        try:
            found[folder.name] = read_derivation(folder)
        except DerivationError as error:
            broken[folder.name] = error
    for name in _in_circles(found):
        broken[name] = DerivationError(
            "is made from itself, by way of others",
            where=str(found.pop(name).folder / ABOUT),
            remedy="take one dataset out of its `from`",
        )
    order = in_order(found, {name: one.about.sources for name, one in found.items()})
    return {name: found[name] for name in order}, broken


def _in_circles(found: Mapping[str, Derivation]) -> list[str]:
    return [name for name in found if name in _origins(found[name].about.sources, found)]


def _origins(names: Iterable[str], found: Mapping[str, Derivation]) -> set[str]:
    """All datasets that some datasets are made from, directly or not, and these themselves."""
    origins: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in origins:
            origins.add(name)
            waiting += found[name].about.sources if name in found else ()
    return origins
