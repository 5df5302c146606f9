"""The codes that simulated files use, from the code lists that Kamara ships."""

from __future__ import annotations

from pathlib import Path

from pyoxigraph import Literal, NamedNode, RdfFormat, parse

_SKOS = "http://www.w3.org/2004/02/skos/core#"


def notations(path: Path) -> list[str]:
    """The notations of a code list, sorted."""
    return sorted(_values(path, f"{_SKOS}notation", ""))


def greek_names(path: Path) -> dict[str, str]:
    """Notation -> the Greek name that the city's files use: an alternative label, else the preferred one."""
    names: dict[str, str] = {}
    for term in ("prefLabel", "altLabel"):
        names.update(sorted(_pairs(path, _SKOS + term, "el"), reverse=True))
    return {notation: names[subject] for subject, notation in sorted(_pairs(path, f"{_SKOS}notation", ""))}


def _values(path: Path, predicate: str, language: str) -> set[str]:
    return {value for _, value in _pairs(path, predicate, language)}


def _pairs(path: Path, predicate: str, language: str) -> set[tuple[str, str]]:
    wanted = NamedNode(predicate)
    return {
        (str(quad.subject), quad.object.value)
        for quad in parse(path=str(path), format=RdfFormat.TURTLE)
        if quad.predicate == wanted
        and isinstance(quad.object, Literal)
        and (quad.object.language or "") == language
    }
