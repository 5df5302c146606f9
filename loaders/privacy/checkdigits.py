"""Check digits of the numbers that stand for a person: AFM, AMKA, IBAN."""

from __future__ import annotations

from datetime import date

_IBAN_LENGTH = 27


def is_afm(digits: str) -> bool:
    """Whether nine digits are a tax number (AFM): the last is the others' weighted sum, mod 11, mod 10."""
    if len(digits) != 9 or not int(digits):
        return False
    total = sum(int(digit) << (8 - place) for place, digit in enumerate(digits[:8]))
    return total % 11 % 10 == int(digits[8])


def is_amka(digits: str) -> bool:
    """Whether eleven digits are a social security number (AMKA): a birthday `DDMMYY`, then Luhn's rule."""
    if len(digits) != 11:
        return False
    doubled = "".join(str(int(d) * (1 + place % 2)) for place, d in enumerate(reversed(digits)))
    return _is_day(digits[:6]) and sum(map(int, doubled)) % 10 == 0


def is_greek_iban(text: str) -> bool:
    """Whether a text without spaces is a Greek IBAN (ISO 13616: 27 characters, mod 97 is 1)."""
    if len(text) != _IBAN_LENGTH:
        return False
    turned = text[4:] + text[:4].upper()
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _is_day(digits: str) -> bool:
    """Whether `DDMMYY` is a day of this or the last century."""
    day, month, year = (int(digits[place : place + 2]) for place in (0, 2, 4))
    return any(_exists(century + year, month, day) for century in (1900, 2000))


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
