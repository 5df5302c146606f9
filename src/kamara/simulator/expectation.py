"""What a load of the simulated files must come to, counted while they are written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass
class Expectation:
    """Of one source: its files and records, those that must be held back by kind of fault, and sums.

    A source of daily files counts the records of all its days; its sums are those of the last day.
    `cases` counts other things that a file shows, for whoever compares.
    """

    files: int = 0
    records: int = 0
    quarantined: Counter[str] = field(default_factory=Counter)
    sums: dict[str, Decimal] = field(default_factory=dict)
    cases: Counter[str] = field(default_factory=Counter)

    def add(self, name: str, value: Decimal) -> None:
        """Add `value` to the sum of this name."""
        self.sums[name] = self.sums.get(name, Decimal()) + value

    def as_json(self) -> dict[str, object]:
        """For expected.json; decimals as texts, so that no digit is lost."""
        return {
            "files": self.files,
            "records": self.records,
            "published": self.records - self.quarantined.total(),
            "quarantined": dict(sorted(self.quarantined.items())),
            "sums": {name: str(value) for name, value in sorted(self.sums.items())},
            "cases": dict(sorted(self.cases.items())),
        }
