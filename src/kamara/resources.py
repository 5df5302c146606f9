"""The declarative files that Kamara ships: ontology, shapes, mappings, queries, rules, pages."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path


@dataclass(frozen=True)
class Resources:
    """The folders that hold the declarative files, all under one `root`."""

    root: Path

    @property
    def ontology(self) -> Path:
        """Turtle modules, `codes/` (SKOS code lists) and `external/` (outside terms in use)."""
        return self.root / "ontology"

    @property
    def shapes(self) -> Path:
        """SHACL, one file a domain."""
        return self.root / "shapes"

    @property
    def mappings(self) -> Path:
        """One folder a source."""
        return self.root / "mappings"

    @property
    def queries(self) -> Path:
        """Saved queries."""
        return self.root / "sparql" / "queries"

    @property
    def rules(self) -> Path:
        """Rules over a whole dataset, each a SELECT whose rows are violations."""
        return self.root / "sparql" / "rules"


def bundled() -> Resources:
    """The files inside the installed package."""
    return Resources(Path(str(files("kamara"))))


DEFAULT_BASE = "https://data.thessaloniki.gr/"


def read_text(path: Path, base_iri: str = DEFAULT_BASE) -> str:
    """The text of a declarative file, its addresses moved from the default base to `base_iri`."""
    return path.read_text(encoding="utf-8").replace(DEFAULT_BASE, base_iri)


def read_namespaces(base_iri: str = DEFAULT_BASE) -> dict[str, str]:
    """The well-known namespaces by prefix, of `site/prefixes.toml`."""
    return tomllib.loads(read_text(bundled().root / "site" / "prefixes.toml", base_iri))
