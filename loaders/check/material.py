"""The declarative files that are checked together, each parsed once."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from kamara.loaders.check.findings import Finding
from kamara.loaders.check.rml import rml_terms
from kamara.loaders.check.terms import Terms
from kamara.loaders.check.turtle import TurtleFile, read_turtle
from kamara.loaders.editing.description import edited_folders
from kamara.loaders.rml.codelists import CodeLists
from kamara.loaders.rml.functions import FunctionRegistry
from kamara.resources import Resources


class Material:
    """The files under `resources`, read with their addresses under `base_iri`."""

    def __init__(self, resources: Resources, base_iri: str) -> None:
        self.resources = resources
        self.base_iri = base_iri
        self._read: dict[Path, TurtleFile | Finding] = {}

    def turtle(self, paths: Iterable[Path]) -> list[TurtleFile]:
        """Those of `paths` that are Turtle."""
        return [file for file in map(self._turtle, paths) if isinstance(file, TurtleFile)]

    def broken(self, paths: Iterable[Path]) -> list[Finding]:
        """What is wrong with those of `paths` that are not Turtle."""
        return [file for file in map(self._turtle, paths) if isinstance(file, Finding)]

    def _turtle(self, path: Path) -> TurtleFile | Finding:
        if path not in self._read:
            self._read[path] = read_turtle(path, self.base_iri)
        return self._read[path]

    @cached_property
    def ontology_paths(self) -> list[Path]:
        """All of ontology/: modules, code lists and outside terms."""
        return sorted(self.resources.ontology.rglob("*.ttl"))

    @cached_property
    def code_paths(self) -> list[Path]:
        """The code lists."""
        return sorted((self.resources.ontology / "codes").rglob("*.ttl"))

    @cached_property
    def shape_paths(self) -> list[Path]:
        """The shapes."""
        return sorted(self.resources.shapes.rglob("*.ttl"))

    @cached_property
    def mapping_folders(self) -> list[Path]:
        """The folders of sources, whether or not they have a source.toml; those of edited datasets apart."""
        edited = edited_folders(self.resources)
        return sorted(
            path
            for path in self.resources.mappings.glob("*")
            if path.is_dir() and path.name[0] not in "._" and path not in edited
        )

    @cached_property
    def query_paths(self) -> list[Path]:
        """All queries: saved ones, rules, and those of documents and pages."""
        folders = (self.resources.root / name for name in ("sparql", "loaders", "api", "site"))
        return sorted(path for folder in folders for path in folder.rglob("*.rq"))

    @cached_property
    def functions(self) -> FunctionRegistry:
        """The functions that mappings may call, with the code lists that they look into."""
        return FunctionRegistry(
            self.base_iri, CodeLists.read(self.resources.ontology / "codes", self.base_iri)
        )

    @cached_property
    def terms(self) -> Terms:
        """Every term that may be used."""
        return Terms(self.base_iri, self.turtle([*self.ontology_paths, *self.shape_paths]), rml_terms())
