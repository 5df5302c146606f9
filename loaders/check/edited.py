"""The edited datasets: each is described, is the only one of its name, and what it names is there."""

from __future__ import annotations

from collections.abc import Iterator

from kamara.loaders.check.findings import Finding, from_error
from kamara.loaders.check.material import Material
from kamara.loaders.check.usage import unknown_theme
from kamara.loaders.editing.description import EditedDataset, readable_edited
from kamara.loaders.errors import SourceError


def check_edited(material: Material) -> Iterator[Finding]:
    """All findings about mappings/*/edited.toml."""
    found, broken = readable_edited(material.resources)
    for name, error in broken.items():
        yield from_error(error, material.resources.mappings / name / EditedDataset.FILE)
    for edited in found.values():
        yield from _named(edited, material)


def _named(edited: EditedDataset, material: Material) -> Iterator[Finding]:
    yield from unknown_theme(edited, material.terms, material.base_iri)
    try:
        edited.shape_files(material.resources)
        edited.rule_files(material.resources)
    except SourceError as error:
        yield from_error(error, edited.mapping)
