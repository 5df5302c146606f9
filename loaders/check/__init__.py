"""`kamara check`: ontology, shapes, mappings and queries parse and agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType

from kamara.loaders.check.codes import check_codes
from kamara.loaders.check.derived import check_derived
from kamara.loaders.check.edited import check_edited
from kamara.loaders.check.findings import Finding, shown
from kamara.loaders.check.links import check_links
from kamara.loaders.check.mappings import check_mappings
from kamara.loaders.check.material import Material
from kamara.loaders.check.ontology import check_ontology
from kamara.loaders.check.queries import check_queries
from kamara.loaders.check.shapes import check_shapes
from kamara.resources import Resources

CHECKS: Mapping[str, Callable[[Material], Iterator[Finding]]] = MappingProxyType(
    {
        "ontology": check_ontology,
        "codes": check_codes,
        "shapes": check_shapes,
        "mappings": check_mappings,
        "queries": check_queries,
        "derived": check_derived,
        "edited": check_edited,
        "links": check_links,
    }
)


_FOLDERS = MappingProxyType(
    {
        "ontology": "ontology",
        "shapes": "shapes",
        "mappings": "mappings",
        "edited": "mappings",
        "queries": "sparql",
        "derived": "sparql",
    }
)


def check(resources: Resources, base_iri: str, subjects: Sequence[str] = tuple(CHECKS)) -> list[Finding]:
    """The findings about `subjects` (keys of CHECKS), in the order of files."""
    material = Material(resources, base_iri)
    found = {shown(finding) for subject in subjects for finding in _about(subject, material)}
    return sorted(found, key=lambda finding: finding.order)


def _about(subject: str, material: Material) -> Iterator[Finding]:
    """What is wrong with one subject; a folder that is not there must not pass for a good one."""
    folder = material.resources.root / _FOLDERS.get(subject, ".")
    if folder.is_dir():
        yield from CHECKS[subject](material)
    else:
        yield Finding(str(folder), "", "no such folder", "correct the setting resources_dir")
