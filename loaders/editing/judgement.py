"""Whether a coming state may stand: its things owned, not erased, of a known class, fit for the shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from unicodedata import is_normalized

from rdflib import SH

from kamara.config import Settings
from kamara.loaders.editing.description import EditedDataset
from kamara.loaders.errors import InvalidEditError, LoadError
from kamara.loaders.validation.engines import open_engine
from kamara.loaders.validation.shapesgraph import ShapesGraph
from kamara.loaders.validation.violations import Violation
from kamara.sparql.lines import subject
from kamara.sparql.terms import RDF_TYPE

# An editor corrects these, then sees the next ones.
MOST_FAULTS = 20


@dataclass(frozen=True)
class _Rule:
    """What every edited dataset keeps; `expected` may hold a place for what its own description says."""

    component: str
    message: Mapping[str, str]
    expected: Mapping[str, str]


_FOREIGN = _Rule(
    "Ownership",
    {"en": "The dataset does not own it", "el": "Δεν ανήκει σε αυτό το σύνολο δεδομένων"},
    {"en": "a thing of this dataset: {}", "el": "ένα πράγμα αυτού του συνόλου δεδομένων: {}"},
)
_BLANK = _Rule(
    "BlankNode",
    {"en": "Blank nodes are not published", "el": "Κόμβοι χωρίς διεύθυνση δεν δημοσιεύονται"},
    {
        "en": "an address; that of a part begins with its whole's: WHOLE~part~key",
        "el": "μια διεύθυνση· του μέρους αρχίζει με του όλου: ΟΛΟ~μέρος~κλειδί",
    },
)
_ERASED = _Rule(
    "Erased",
    {"en": "Names something that was erased", "el": "Αναφέρεται σε κάτι που διαγράφηκε οριστικά"},
    {"en": "a thing that is not erased", "el": "κάτι που δεν έχει διαγραφεί"},
)
_UNTYPED = _Rule(
    "Class",
    {
        "en": "It is of no class that this dataset has shapes for",
        "el": "Δεν ανήκει σε κλάση για την οποία το σύνολο δεδομένων έχει κανόνες",
    },
    {"en": "rdf:type with one of: {}", "el": "rdf:type με ένα από: {}"},
)


def judge(
    state: Sequence[str], edited: EditedDataset, settings: Settings, is_erased: Callable[[str], bool]
) -> None:
    """Look at the sorted lines that are to stand. Raises InvalidEditError with the first faults."""
    shapes, base_iri = edited.shape_files(settings.resources), settings.base_iri
    faults = list(islice(_before_shapes(state, edited, base_iri, is_erased), MOST_FAULTS))
    if not faults:
        classes = _classes(ShapesGraph.read(shapes, base_iri))
        faults = list(islice(_untyped(state, classes), MOST_FAULTS))
    if not faults:
        engine = open_engine(settings.load.engine, shapes, base_iri, settings.load.max_violations)
        faults = [found for found in _validated(engine.validate, state) if found.blocks][:MOST_FAULTS]
    if faults:
        first = faults[0]
        raise InvalidEditError(
            f"{first.focus}: {first.messages['en']}: expected {first.expected['en']}",
            remedy="correct it and send the whole request again; nothing of it was taken",
            faults=tuple(faults),
        )


def _before_shapes(
    state: Iterable[str], edited: EditedDataset, base_iri: str, is_erased: Callable[[str], bool]
) -> Iterator[Violation]:
    kinds = ", ".join(f"{base_iri}id/{kind}/KEY" for kind in edited.about.owns)
    # One segment: what a key of two would be called, two things could claim.
    own = re.compile(
        rf"<{re.escape(base_iri)}id/(?:{'|'.join(map(re.escape, edited.about.owns))})/(?!\.\.?>)[^/?#>]+>"
    )
    for line in state:
        name, predicate, rest = line.split(" ", 2)
        value = rest[:-3]
        if name.startswith("_:") or value.startswith("_:"):
            yield _fault(_BLANK, name, predicate, value)
        elif not own.fullmatch(name) or not is_normalized("NFC", name):
            yield _fault(_FOREIGN, name, predicate, name, kinds)
        elif is_erased(name[1:-1]) or (value.startswith("<") and is_erased(value[1:-1])):
            yield _fault(_ERASED, name, predicate)


def _untyped(state: Iterable[str], classes: frozenset[str]) -> Iterator[Violation]:
    names = dict.fromkeys(map(subject, state))
    typed = {subject(line) for line in state if _type_of(line) in classes}
    told = ", ".join(sorted(name[1:-1] for name in classes))
    for name in names:
        if name not in typed:
            yield _fault(_UNTYPED, name, f"<{RDF_TYPE}>", "", told)


def _type_of(line: str) -> str:
    _, predicate, rest = line.split(" ", 2)
    return rest[:-3] if predicate == f"<{RDF_TYPE}>" else ""


def _classes(shapes: ShapesGraph) -> frozenset[str]:
    """The classes that a shape targets, each as `<IRI>`."""
    return frozenset(f"<{name}>" for name in shapes.graph.objects(None, SH.targetClass))


def _validated(validate: Callable[[Sequence[str]], list[Violation]], state: Sequence[str]) -> list[Violation]:
    """What the shapes find. Raises InvalidEditError for so much that the engine gives up."""
    try:
        return validate(state)
    except LoadError as error:
        raise InvalidEditError(error.what, where=error.where, remedy=error.remedy) from error


def _fault(rule: _Rule, name: str, predicate: str, found: str = "", told: str = "") -> Violation:
    return Violation(
        focus=name.strip("<>") if name.startswith("<") else "_:",
        path=predicate.strip("<>"),
        component=rule.component,
        found=found.strip("<>")[:200],
        expected={language: text.format(told) for language, text in rule.expected.items()},
        messages=rule.message,
        shape="",
    )
