"""How often each dirty case occurs: the table rates.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Rate:
    """One case: what it is (el, en), in which files it was measured, `count` times of `of`.

    `assumed`: no file at hand tells, and `why` says what the share rests on.
    """

    el: str
    en: str
    source: str
    count: int
    of: int
    assumed: bool = False
    why: str = ""

    @property
    def share(self) -> Fraction:
        """The part of all cases, 0 to 1."""
        return Fraction(self.count, self.of)


_WEIGHTS = "weights"


def read_rates() -> dict[str, Rate]:
    """All rates by name."""
    return {name: _rate(entry) for name, entry in _table().items() if name != _WEIGHTS}


def read_weights() -> dict[str, dict[str, int]]:
    """How often each of several kinds occurs, by what they are kinds of."""
    return {name: {key: int(n) for key, n in kinds.items()} for name, kinds in _table()[_WEIGHTS].items()}


def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name("rates.toml").read_text(encoding="utf-8"))


def _rate(entry: dict[str, Any]) -> Rate:
    return Rate(
        el=str(entry["el"]),
        en=str(entry["en"]),
        source=str(entry["from"]),
        count=int(entry["count"]),
        of=int(entry["of"]),
        assumed=bool(entry.get("assumed", False)),
        why=str(entry.get("why", "")),
    )
