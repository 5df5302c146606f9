"""A derived dataset: the folder under sparql/rules/ that says what it is and by which rules it is made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from kamara.loaders.description import About, Described, Name, read_description
from kamara.loaders.errors import DerivationError
from kamara.loaders.needs import circle, in_order
from kamara.resources import Resources


class DerivedAbout(About):
    """The content of `derived.toml`.

    `sources` (`from` in the file) are the datasets that the rules see, `parameters` variables of the rules
    and the settings that give their values.
    """

    sources: tuple[Name, ...] = Field(alias="from", min_length=1)
    shapes: tuple[Name, ...] = Field(min_length=1)
    parameters: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Derivation(Described):
    """A described derived dataset."""

    FILE = "derived.toml"
    ERROR = DerivationError

    about: DerivedAbout

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

    def query_files(self) -> list[Path]:
        """Its queries. Raises DerivationError when one is not there."""
        return [self.existing(self.affected), *self.also_affected, self.existing(self.mapping)]


def read_derivation(folder: Path) -> Derivation:
    """Read `derived.toml` in `folder`. Raises DerivationError naming the setting that is wrong."""
    about = read_description(
        folder / Derivation.FILE, DerivedAbout, DerivationError, "docs/models/derived.md"
    )
    return Derivation(folder, about)


def derivation_folders(resources: Resources) -> list[Path]:
    """The folders of derived datasets."""
    return sorted(path.parent for path in resources.rules.glob(f"*/{Derivation.FILE}"))


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
    origins = {name: one.about.sources for name, one in found.items()}
    for name in origins:
        if way := circle(name, origins):
            broken[name] = DerivationError(
                f"is made from itself, {' -> '.join(way)}",
                where=str(found.pop(name).file),
                remedy="take one dataset out of its `from`",
            )
    return {name: found[name] for name in in_order(found, origins)}, broken
