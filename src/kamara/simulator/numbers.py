"""Synthetic numbers of people and firms: none of them can be anybody's."""

from __future__ import annotations

from random import Random

from kamara.simulator.work import Work


def synthetic_afm(numbers: Random) -> str:
    """A tax number with the right check digit in the range 0000xxxxx, in which none is given out."""
    return _with_check(f"0000{numbers.randrange(1, 10000):04}")


def firm_afm(number: int) -> str:
    """A tax number of the form of legal persons (99...) whose check digit is wrong: it is no firm's."""
    right = _with_check(f"990{number % 100000:05}")
    return right[:8] + str((int(right[8]) + 1) % 10)


def contact(work: Work, numbers: Random) -> str:
    """A phone, an e-mail or a tax number as people type them into texts."""
    text = numbers.choice(work.words["decisions"]["contact"])
    return text.format(
        phone=f"000 {numbers.randrange(1000):03}",
        mobile=f"0000{numbers.randrange(10000):04}",
        number=numbers.randrange(1, 1000),
        afm=synthetic_afm(numbers),
    )


def _with_check(eight: str) -> str:
    """The check digit of a Greek tax number: the sum of digit times 2^8 ... 2^1, modulo 11, modulo 10."""
    total = sum(int(digit) << (8 - at) for at, digit in enumerate(eight))
    return eight + str(total % 11 % 10)
