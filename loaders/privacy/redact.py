"""Personal data found in free text and replaced by marks.

What has a form is found: e-mail addresses, Greek phone numbers, AFM, AMKA, Greek IBANs and vehicle plates.
Names and addresses of people have no form and are not found: free text is published only when a person has
looked at it (see shapes/privacy.ttl).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kamara.loaders.privacy import patterns
from kamara.loaders.privacy.checkdigits import is_afm, is_amka, is_greek_iban
from kamara.loaders.privacy.kinds import Kind

_LATIN = str.maketrans("ABEZHIKMNOPTYX", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")


@dataclass(frozen=True)
class Found:
    """Personal data of a kind, in a text from `start` to before `end`."""

    start: int
    end: int
    kind: Kind


def redact(text: str) -> str:
    """The text with a mark in the place of each piece of personal data. A redacted text stays as it is."""
    while (marked := _marked(text)) != text:
        # What stood right beside a number may be one itself.
        text = marked
    return text


def find(text: str) -> list[Found]:
    """The personal data in a text, in order, none of it overlapping."""
    taken: list[Found] = []
    for finder in _FINDERS:
        for one in finder(text):
            if not any(_overlap(one, other) for other in taken):
                taken.append(one)
    return sorted(taken, key=lambda found: found.start)


def _marked(text: str) -> str:
    parts, done = list[str](), 0
    for found in find(text):
        parts += [text[done : found.start], found.kind.mark]
        done = found.end
    return "".join([*parts, text[done:]])


def _overlap(one: Found, other: Found) -> bool:
    return one.start < other.end and other.start < one.end


def _ibans(text: str) -> Iterator[Found]:
    for match in patterns.IBAN.finditer(text):
        if match["said"] or is_greek_iban("".join(char for char in match["span"] if char.isalnum())):
            yield Found(*match.span("span"), Kind.IBAN)


def _emails(text: str) -> Iterator[Found]:
    return (Found(*match.span(), Kind.EMAIL) for match in patterns.EMAIL.finditer(text))


def _amkas(text: str) -> Iterator[Found]:
    yield from (Found(*match.span("span"), Kind.AMKA) for match in patterns.AMKA_SAID.finditer(text))
    for match in patterns.AMKA.finditer(text):
        if is_amka(_digits(match["span"])):
            yield Found(*match.span("span"), Kind.AMKA)


def _phones(text: str) -> Iterator[Found]:
    for match in patterns.PHONE.finditer(text):
        digits = _digits(match["number"])
        is_landline = digits[0] == "2" and digits[1] in "12345678"
        if (is_landline or digits.startswith("69")) and not _is_amount(match["number"]):
            yield Found(*match.span(), Kind.PHONE)


def _is_amount(number: str) -> bool:
    """Whether the groups are a date's or an amount's, such as 25.12.2025.30 or 2.345.678.901."""
    return number.count(".") > 1 and len(number.partition(".")[0]) < 3


def _afms(text: str) -> Iterator[Found]:
    yield from (Found(*match.span("span"), Kind.AFM) for match in patterns.AFM_SAID.finditer(text))
    for match in patterns.AFM.finditer(text):
        if is_afm(match["digits"]):
            yield Found(*match.span("span"), Kind.AFM)


def _plates(text: str) -> Iterator[Found]:
    for match in patterns.PLATE.finditer(text):
        letters, join = match["letters"], (match["join"] or "").strip()
        said = patterns.PLATE_WORD.search(text[max(0, match.start() - 60) : match.start()]) is not None
        # Three small letters, a space and four digits are mostly a word and a number: "και 2024". Motorcycles
        # have fewer digits, as have many other numbers.
        plain = (letters.isupper() or bool(join) or match["join"] is None) and len(match["digits"]) == 4
        if said or (plain and letters.upper().translate(_LATIN) not in _words()):
            yield Found(*match.span(), Kind.PLATE)


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    """Words and abbreviations of three letters that stand before numbers and are no plates."""
    text = Path(__file__).with_name("not-plates.txt").read_text(encoding="utf-8")
    return frozenset(unicodedata.normalize("NFC", text).split())


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


_FINDERS: tuple[Callable[[str], Iterator[Found]], ...] = (_ibans, _emails, _amkas, _phones, _afms, _plates)
