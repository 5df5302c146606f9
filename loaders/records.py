"""From a source's file to records: each with its lines, or with the reasons why it has none."""

from __future__ import annotations

from dataclasses import dataclass

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
    return Violation(
        focus="",
        path=column,
        component="Mapping",
        found=found,
        expected=expected,
        messages={"el": "Η εγγραφή δεν αντιστοιχίζεται", "en": "The record cannot be mapped"},
        shape="",
    )


def erased() -> Violation:
    """The reason of a record about an erased thing; it says nothing of the record."""
    return Violation(
        focus="",
        path="",
        component=ERASED,
        found="",
        expected={"el": "κάτι που δεν έχει διαγραφεί", "en": "a thing that is not erased"},
        messages={
            "el": "Περιγράφει κάτι που διαγράφηκε οριστικά",
            "en": "Describes a thing that was erased",
        },
        shape="",
    )


def withheld(subject: str) -> Violation:
    """The reason of a good record about a thing, or a part of one, that another record withholds."""
    return Violation(
        focus=subject.strip("<>"),
        path="",
        component="Withheld",
        found=subject.strip("<>"),
        expected={"el": "κάτι που επιτρέπεται να δημοσιευτεί", "en": "a thing that may be public"},
        messages={
            "el": "Αφορά κάτι που δεν επιτρέπεται να δημοσιευτεί",
            "en": "Is about a thing that must not be public",
        },
        shape="",
        withholds=True,
    )


def dangling(subject: str, missing: str) -> Violation:
    """The reason of a good record that refers to a thing that only quarantined records describe."""
    return Violation(
        focus=subject.strip("<>"),
        path="",
        component="Reference",
        found=missing.strip("<>"),
        expected={"el": "κάτι που έχει δημοσιευτεί", "en": "a thing that is published"},
        messages={
            "el": "Αναφέρεται σε κάτι που μόνο μια εγγραφή σε καραντίνα περιγράφει",
            "en": "Refers to a thing that only a quarantined record describes",
        },
        shape="",
    )
