"""From a source's file to records: each with its lines, or with the reasons why it has none."""

from __future__ import annotations

from dataclasses import dataclass

from kamara.loaders.validation.violations import Violation


@dataclass(frozen=True)
class Record:
    """One record of a file. `lines` are its N-Triples lines; none when it has `problems`."""

    file: str
    first_line: int
    last_line: int
    lines: tuple[str, ...] | list[str]
    subjects: tuple[str, ...] = ()
    problems: tuple[Violation, ...] = ()


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
