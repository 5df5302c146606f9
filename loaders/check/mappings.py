"""The mappings: each source is described, its mapping compiles, and what it names is there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kamara.loaders.check.findings import Finding, from_error
from kamara.loaders.check.material import Material
from kamara.loaders.check.usage import unknown_terms, unknown_theme
from kamara.loaders.errors import LoadError, SourceError
from kamara.loaders.rml.compiler import compile_mapping
from kamara.loaders.source import Source, read_source, read_sources


def check_mappings(material: Material) -> Iterator[Finding]:
    """All findings about mappings/."""
    sound = True
    for folder in material.mapping_folders:
        try:
            source = read_source(folder)
        except SourceError as error:
            sound = False
            yield from_error(error, folder / Source.FILE)
        else:
            yield from _named_files(source, material)
            yield from _mapping(source.mapping, material)
    if sound:
        yield from _owners(material)


def _owners(material: Material) -> Iterator[Finding]:
    try:
        read_sources(material.resources)
    except SourceError as error:
        yield from_error(error, Path(error.where))


def _named_files(source: Source, material: Material) -> Iterator[Finding]:
    """The shapes, rules and sample that source.toml names and that are not there."""
    about, where = source.about, str(source.file)
    named = [material.resources.shapes / f"{name}.ttl" for name in about.shapes]
    named += [material.resources.rules / f"{name}.rq" for name in about.rules]
    for path in named:
        if not path.is_file():
            yield Finding(
                where, "", f"names {path.name}, which is not in {path.parent.name}/", "correct the name"
            )
    yield from unknown_theme(source, material.terms, material.base_iri)
    if not any((source.folder / about.files.folder).glob(about.files.pattern)):
        place = source.folder / about.files.folder
        yield Finding(
            where, "files.pattern", f"no file in {place} fits {about.files.pattern}", "correct the pattern"
        )


def _mapping(path: Path, material: Material) -> Iterator[Finding]:
    if not path.is_file():
        yield Finding(
            str(path.parent / "source.toml"), "mapping", f"there is no {path.name}", "correct the name"
        )
        return
    broken = [*material.broken([path])]
    for file in material.turtle([path]):
        broken.extend(unknown_terms(file, material.terms))
    # A term that does not exist is why a mapping does not compile: say it once.
    yield from broken or _uncompilable(path, material)


def _uncompilable(path: Path, material: Material) -> Iterator[Finding]:
    try:
        compile_mapping(path, base_iri=material.base_iri, functions=material.functions)
    except LoadError as error:
        yield from_error(error, path)
