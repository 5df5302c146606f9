"""What every domain of the simulator works with: folder, counts, rates, random numbers of its own."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import TextIO

from kamara.resources import Resources
from kamara.simulator.counts import Counts
from kamara.simulator.expectation import Expectation
from kamara.simulator.rates import Rate

YEAR = 2025
ORGANIZATION = "6114"


@dataclass
class Work:
    """One run of the simulator: where it writes and what it knows.

    `random` gives each domain its own numbers, so that one domain's changes leave the others' bytes alone.
    """

    folder: Path
    seed: int
    counts: Counts
    rates: dict[str, Rate]
    resources: Resources
    expected: dict[str, Expectation] = field(default_factory=dict)
    _decks: dict[tuple[Random, str], list[bool]] = field(default_factory=dict)

    def random(self, name: str) -> Random:
        """The random numbers of a domain: the same for the same seed and name."""
        return Random(f"{self.seed}/{name}")

    def falls(self, numbers: Random, rate: str) -> bool:
        """Whether the case of this rate occurs now.

        Cases are dealt from a shuffled deck that has them at their rate, so that a small city has its part of
        each and does not go without by chance.
        """
        deck = self._decks.setdefault((numbers, rate), [])
        if not deck:
            cases, of = self.rates[rate].share.as_integer_ratio()
            deck += [True] * cases + [False] * (of - cases)
            numbers.shuffle(deck)
        return deck.pop()

    def expectation(self, source: str) -> Expectation:
        """What is expected of a source; counted up while its files are written."""
        return self.expected.setdefault(source, Expectation())

    @contextmanager
    def writing(self, source: str, name: str, encoding: str = "utf-8") -> Iterator[TextIO]:
        """A file of a source, counted. Line ends are written as they are given."""
        path = self.folder / source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.expectation(source).files += 1
        with path.open("w", encoding=encoding, newline="") as file:
            yield file

    @cached_property
    def words(self) -> dict[str, dict[str, list[str]]]:
        """The generic words that texts are made of, by domain and list."""
        text = Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
        return tomllib.loads(text)


def days_of_year() -> Iterator[date]:
    """Every day of the simulated year."""
    first = date(YEAR, 1, 1)
    return (first + timedelta(days=number) for number in range(365))


def position(numbers: Random) -> tuple[float, float]:
    """A random point (longitude, latitude) in a rectangle around the city's centre, to 6 decimals."""
    return round(numbers.uniform(22.90, 23.00), 6), round(numbers.uniform(40.58, 40.68), 6)
