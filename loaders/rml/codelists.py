"""Code lists: SKOS schemes in which the texts of a source are looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kamara.loaders.errors import MappingError, RecordError
from kamara.loaders.folding import fold
from kamara.resources import read_text

_SKOS = "http://www.w3.org/2004/02/skos/core#"
_NOTATION = _SKOS + "notation"
_LABEL = _SKOS + "prefLabel"
_NAMES = frozenset({_NOTATION, _LABEL, _SKOS + "altLabel", _SKOS + "hiddenLabel"})
_MEMBERSHIP = frozenset({_SKOS + "inScheme", _SKOS + "topConceptOf"})
_MEMO_SIZE = 65536


@dataclass(frozen=True)
class Concept:
    """A concept of a scheme; `notation` is empty when it has none."""

    iri: str
    notation: str


class Scheme:
    """One concept scheme: its concepts by their folded notations and labels."""

    def __init__(self, iri: str) -> None:
        self.iri = iri
        self._concepts: dict[str, set[Concept]] = {}
        self._memo: dict[str, Concept] = {}
        self._labels: dict[tuple[str, str], str] = {}

    def add(self, text: str, concept: Concept) -> None:
        """Let `text` name `concept`."""
        self._concepts.setdefault(fold(text), set()).add(concept)

    def names(self) -> Iterator[tuple[str, Concept]]:
        """Every text that names a concept, folded, with the concept."""
        return ((text, concept) for text, concepts in self._concepts.items() for concept in concepts)

    def find(self, text: str) -> Concept:
        """The concept that `text` names. Raises RecordError when none or several do."""
        concept = self._memo.get(text)
        if concept is None:
            concept = self._search(text)
            if len(self._memo) >= _MEMO_SIZE:
                self._memo.clear()
            self._memo[text] = concept
        return concept

    def known(self, text: str) -> str:
        """The IRI of the only concept that `text` names; empty when there is none, or several."""
        found = self._concepts.get(fold(text), set())
        return next(iter(found)).iri if len(found) == 1 else ""

    def label(self, text: str, language: str) -> str:
        """The preferred label of that concept in a language; empty when there is none."""
        return self._labels.get((self.known(text), language), "")

    def name(self, concept: str, language: str, label: str) -> None:
        """Let `label` be the preferred label of a concept in a language."""
        self._labels[concept, language] = label

    def _search(self, text: str) -> Concept:
        found = self._concepts.get(fold(text), set())
        if len(found) == 1:
            return next(iter(found))
        if not found:
            raise RecordError(
                f"{text} is not in <{self.iri}>",
                found=text,
                expected=f"a text or code of <{self.iri}>",
                expected_el=f"κείμενο ή κωδικός του <{self.iri}>",
            )
        names = ", ".join(sorted(f"<{concept.iri}>" for concept in found))
        raise RecordError(
            f"{text} is ambiguous in <{self.iri}>",
            found=text,
            expected=f"a text with one meaning in <{self.iri}>; this may be {names}",
            expected_el=f"κείμενο με μία σημασία στο <{self.iri}>· αυτό μπορεί να είναι {names}",
        )


@dataclass(frozen=True)
class CodeLists:
    """The concept schemes of the Turtle files in `folder`, read when first asked for."""

    folder: Path
    base_iri: str

    @classmethod
    def read(cls, folder: Path, base_iri: str) -> CodeLists:
        """The code lists in `folder` (ontology/codes); a folder that is not there holds none."""
        return cls(folder, base_iri)

    def scheme(self, iri: str) -> Scheme:
        """The scheme `iri`. Raises MappingError when no file has it, or a file is not Turtle."""
        scheme = self._schemes.get(iri)
        if scheme is None:
            known = ", ".join(sorted(self._schemes)) or "none"
            raise MappingError(f"no code list <{iri}>", where=str(self.folder), remedy=f"known: {known}")
        return scheme

    @cached_property
    def _schemes(self) -> Mapping[str, Scheme]:
        schemes: dict[str, Scheme] = {}
        for path in sorted(self.folder.glob("*.ttl")):
            graph = self._parse(path)
            for quad in graph:
                if quad.predicate.value in _MEMBERSHIP and isinstance(quad.object, ox.NamedNode):
                    scheme = schemes.setdefault(quad.object.value, Scheme(quad.object.value))
                    _add_names(scheme, graph, quad.subject)
        return schemes

    def _parse(self, path: Path) -> ox.Dataset:
        try:
            text = read_text(path, self.base_iri)
            return ox.Dataset(ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=self.base_iri))
        except (SyntaxError, UnicodeDecodeError) as error:
            raise MappingError(f"not Turtle: {error}", where=str(path), remedy="correct the file") from error


def _add_names(scheme: Scheme, graph: ox.Dataset, subject: ox.NamedNode | ox.BlankNode | ox.Triple) -> None:
    if not isinstance(subject, ox.NamedNode):
        return
    names = [
        (quad.predicate.value, quad.object.value)
        for quad in graph.quads_for_subject(subject)
        if quad.predicate.value in _NAMES and isinstance(quad.object, ox.Literal)
    ]
    notation = next((text for predicate, text in sorted(names) if predicate == _NOTATION), "")
    for _, text in names:
        scheme.add(text, Concept(subject.value, notation))
    for quad in graph.quads_for_subject(subject):
        if quad.predicate.value == _LABEL and isinstance(quad.object, ox.Literal) and quad.object.language:
            scheme.name(subject.value, quad.object.language, quad.object.value)
