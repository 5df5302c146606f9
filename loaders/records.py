"""From a source's file to records: each with its lines, or with the reasons why it has none."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kamara.loaders.validation.violations import Violation
from kamara.sparql.lines import subject

ERASED = "Erased"


@dataclass(frozen=True)
class Record:
    """One record of a file. `lines` are its N-Triples lines; none when it has `problems`."""

    file: str
    first_line: int
    last_line: int
    lines: tuple[str, ...] | list[str]
    subjects: tuple[str, ...] = ()
    problems: tuple[Violation, ...] = ()

    @property
    def things(self) -> tuple[str, ...]:
        """What it describes, each as `<IRI>`."""
        return self.subjects or tuple(dict.fromkeys(subject(line) for line in self.lines))


def unmappable(column: str, found: str, expected: dict[str, str]) -> Violation:
    """The reason of a record that cannot be mapped: what a column holds and what it should hold."""
    message = {"el": "Η εγγραφή δεν αντιστοιχίζεται", "en": "The record cannot be mapped"}
    return replace(_reason("Mapping", "", found, expected, message), path=column)


def erased() -> Violation:
    """The reason of a record about an erased thing; it says nothing of the record."""
    expected = {"el": "κάτι που δεν έχει διαγραφεί", "en": "a thing that is not erased"}
    message = {"el": "Περιγράφει κάτι που διαγράφηκε οριστικά", "en": "Describes a thing that was erased"}
    return _reason(ERASED, "", "", expected, message)


def withheld(subject: str) -> Violation:
    """The reason of a good record about a thing, or a part of one, that another record withholds."""
    expected = {"el": "κάτι που επιτρέπεται να δημοσιευτεί", "en": "a thing that may be public"}
    message = {
        "el": "Αφορά κάτι που δεν επιτρέπεται να δημοσιευτεί",
        "en": "Is about a thing that must not be public",
    }
    return replace(_reason("Withheld", subject[1:-1], subject[1:-1], expected, message), withholds=True)


def dangling(subject: str, missing: str) -> Violation:
    """The reason of a good record that refers to a thing that only quarantined records describe."""
    expected = {"el": "κάτι που έχει δημοσιευτεί", "en": "a thing that is published"}
    message = {
        "el": "Αναφέρεται σε κάτι που μόνο μια εγγραφή σε καραντίνα περιγράφει",
        "en": "Refers to a thing that only a quarantined record describes",
    }
    return _reason("Reference", subject[1:-1], missing[1:-1], expected, message)


def _reason(
    component: str, focus: str, found: str, expected: dict[str, str], messages: dict[str, str]
) -> Violation:
    """A reason that no shape gives."""
    return Violation(
        focus=focus,
        path="",
        component=component,
        found=found,
        expected=expected,
        messages=messages,
        shape="",
    )
