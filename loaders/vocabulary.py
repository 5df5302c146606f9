"""The ontology, its code lists and the outside terms in use, as one dataset of their own: `ontology`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pyoxigraph import RdfFormat, parse

from kamara.config import Settings
from kamara.loaders.errors import OwnershipError, SourceError
from kamara.resources import read_text

DATASET = "ontology"


def vocabulary_files(settings: Settings) -> list[Path]:
    """Every Turtle file under ontology/."""
    return sorted(settings.resources.ontology.rglob("*.ttl"))


def vocabulary_lines(settings: Settings) -> Iterator[str]:
    """All triples of the ontology, unsorted. Raises SourceError for what is not Turtle or has blank nodes.

    Raises OwnershipError for a triple about a thing (`/id/...`), which only a dataset may describe.
    """
    for path in vocabulary_files(settings):
        yield from _lines(path, settings.base_iri)


def _lines(path: Path, base_iri: str) -> Iterator[str]:
    things = f"<{base_iri}id/"
    try:
        for quad in parse(read_text(path, base_iri), RdfFormat.TURTLE, base_iri=base_iri):
            line = f"{quad.subject} {quad.predicate} {quad.object} .\n"
            if "_:" in (str(quad.subject)[:2], str(quad.object)[:2]):
                raise SourceError("holds a blank node", where=str(path), remedy="give the part an IRI")
            if line.startswith(things):
                raise OwnershipError(
                    f"describes the thing {quad.subject}", where=str(path), remedy="describe it in a dataset"
                )
            yield line
    except SyntaxError as error:
        raise SourceError(
            f"is not Turtle: {error.msg}", where=f"{path}, line {error.lineno}", remedy="correct it"
        ) from error
