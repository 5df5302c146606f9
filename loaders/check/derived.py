"""The derived datasets: each is described, its queries fit each other, and what it names is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kamara.config import QuerySettings, Settings
from kamara.errors import KamaraError
from kamara.loaders.check.findings import Finding, from_error
from kamara.loaders.check.material import Material
from kamara.loaders.check.usage import unknown_theme
from kamara.loaders.derivation.description import (
    Derivation,
    derivation_folders,
    read_derivation,
    readable_derivations,
)
from kamara.loaders.derivation.recipe import parameter_terms
from kamara.loaders.derivation.rule import CHANGED, FOCUS
from kamara.loaders.editing.description import readable_edited
from kamara.loaders.errors import DerivationError
from kamara.loaders.source import readable_sources
from kamara.resources import read_text
from kamara.sparql.bindings import bind
from kamara.sparql.guard import inspect
from kamara.sparql.lexer import tokens


def check_derived(material: Material) -> Iterator[Finding]:
    """All findings about sparql/rules/*/."""
    _, broken = readable_derivations(material.resources)
    for name, error in broken.items():
        yield from_error(error, material.resources.rules / name / Derivation.FILE)
    sound = [
        read_derivation(folder)
        for folder in derivation_folders(material.resources)
        if folder.name not in broken
    ]
    yield from _names(sound, material)
    for derivation in sound:
        yield from unknown_theme(derivation, material.terms, material.base_iri)
        yield from [*_files(derivation, material)] or _queries(derivation, material)


def _names(sound: list[Derivation], material: Material) -> Iterator[Finding]:
    """Names and types that a source or another derived dataset has too, and datasets that nobody makes."""
    sources, _ = readable_sources(material.resources)
    known = {*sources, *readable_edited(material.resources)[0], *(one.name for one in sound)}
    owners = {kind: name for name, source in sources.items() for kind in source.about.owns}
    for one in sound:
        where = str(one.file)
        if one.name in sources:
            yield Finding(where, "name", f"there is a source {one.name!r} too", "let one of them have it")
        for kind in one.about.owns:
            owner = owners.setdefault(kind, one.name)
            if owner != one.name:
                yield Finding(
                    where, "owns", f"owns {kind!r}, which {owner!r} owns too", "let one dataset own it"
                )
        for name in one.about.sources:
            if name not in known:
                yield Finding(where, "from", f"there is no dataset {name!r}", "correct the name")


def _files(derivation: Derivation, material: Material) -> Iterator[Finding]:
    resources = material.resources
    try:
        derivation.query_files()
        derivation.shape_files(resources)
        derivation.rule_files(resources)
        parameter_terms(derivation, Settings(resources_dir=resources.root))
    except DerivationError as error:
        yield from_error(error, derivation.file)


def _queries(derivation: Derivation, material: Material) -> Iterator[Finding]:
    """What the queries lack to work together; whether each parses by itself is checked with all queries."""
    slices = set()
    for path in (derivation.affected, *derivation.also_affected):
        found = _selected(path, material)
        slices |= found - {FOCUS}
        if FOCUS not in found or len(found) != 2:
            yield Finding(str(path), "", "does not select ?focus and one more variable", "select both")
        if CHANGED not in _variables(path, material):
            yield Finding(str(path), "", f"does not use ?{CHANGED}", "let it stand for what changed")
    if len(slices) > 1:
        told = ", ".join(f"?{name}" for name in sorted(slices))
        yield Finding(str(derivation.affected), "", f"the slice is called {told}", "let all call it the same")
    used = _variables(derivation.mapping, material)
    for name in sorted((slices | set(derivation.about.parameters)) - used):
        yield Finding(str(derivation.mapping), "", f"does not use ?{name}", "let it stand in the query")
    if len(slices) == 1:
        yield from _unbindable(derivation, slices.pop(), material)


def _unbindable(derivation: Derivation, slice_: str, material: Material) -> Iterator[Finding]:
    """Whether result.rq still parses with its values in it: BIND may not make what is bound already."""
    text = read_text(derivation.mapping, material.base_iri)
    values = dict.fromkeys((slice_, *derivation.about.parameters), '"x"')
    try:
        ox.Store().query(bind(inspect(text, QuerySettings()), values))
    except (SyntaxError, KamaraError) as error:
        yield Finding(
            str(derivation.mapping),
            "",
            f"is not SPARQL once ?{slice_} is bound: {error}",
            "compare the variable with FILTER instead of making it by BIND",
        )


def _selected(path: Path, material: Material) -> set[str]:
    """The variables that a query selects; none when it cannot be read."""
    try:
        found = ox.Store().query(read_text(path, material.base_iri))
    except SyntaxError:
        return set()
    return {one.value for one in found.variables} if isinstance(found, ox.QuerySolutions) else set()


def _variables(path: Path, material: Material) -> set[str]:
    text = read_text(path, material.base_iri)
    return {token.text[1:] for token in tokens(text) if token.kind == "variable"}
