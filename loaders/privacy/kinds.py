"""The kinds of personal data that are looked for in free text, and the mark that takes the place of each."""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    """A kind of personal data; its value is its name in tables. `mark` is what is published instead."""

    EMAIL = "email"
    PHONE = "phone"
    AFM = "afm"
    AMKA = "amka"
    IBAN = "iban"
    PLATE = "plate"

    @property
    def mark(self) -> str:
        """What stands in a published text in the place of such data."""
        return _MARKS[self]


_MARKS = {
    Kind.EMAIL: "[email]",
    Kind.PHONE: "[τηλέφωνο]",
    Kind.AFM: "[ΑΦΜ]",
    Kind.AMKA: "[ΑΜΚΑ]",
    Kind.IBAN: "[IBAN]",
    Kind.PLATE: "[πινακίδα]",
}
