"""The edited datasets: each is described, is the only one of its name, and what it names is there."""

from __future__ import annotations

from collections.abc import Iterator

from kamara.loaders.check.findings import Finding, from_error
from kamara.loaders.check.material import Material
from kamara.loaders.editing.description import ABOUT, EditedDataset, readable_edited
from kamara.loaders.errors import SourceError


def check_edited(material: Material) -> Iterator[Finding]:
    """All findings about mappings/*/edited.toml."""
    found, broken = readable_edited(material.resources)
    for name, error in broken.items():
        yield from_error(error, material.resources.mappings / name / ABOUT)
    for edited in found.values():
        yield from _named(edited, material)


def _named(edited: EditedDataset, material: Material) -> Iterator[Finding]:
    theme = f"{material.base_iri}code/dataset-theme/{edited.about.theme}"
    if edited.about.theme and not material.terms.knows(theme):
        remedy = material.terms.remedy(theme)
        yield Finding(str(edited.mapping), "theme", f"{theme} is not in codes/dataset-theme.ttl", remedy)
    try:
        edited.shape_files(material.resources)
        edited.rule_files(material.resources)
    except SourceError as error:
        yield from_error(error, edited.mapping)
