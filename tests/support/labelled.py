"""Greek texts with their personal data marked as `{kind:data}`; all numbers in them are made up."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from kamara.loaders.privacy.kinds import Kind
from kamara.loaders.privacy.redact import Found, find

TEXTS = Path(__file__).parents[1] / "loaders" / "privacy" / "texts.txt"
_MARKED = re.compile(r"\{(?P<kind>[a-z]+):(?P<data>[^}]*)\}")


@dataclass(frozen=True)
class Labelled:
    """A text and what should be found in it."""

    text: str
    wanted: frozenset[Found]


@dataclass
class Score:
    """How the finder did, by kind."""

    right: Counter[Kind] = field(default_factory=Counter)
    missed: Counter[Kind] = field(default_factory=Counter)
    wrong: Counter[Kind] = field(default_factory=Counter)

    def precision(self, kind: Kind) -> float:
        """The part of what was found that was right."""
        return self.right[kind] / (self.right[kind] + self.wrong[kind])

    def recall(self, kind: Kind) -> float:
        """The part of what should be found that was."""
        return self.right[kind] / (self.right[kind] + self.missed[kind])


def read_texts() -> list[Labelled]:
    """All texts of the list."""
    return [_read(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]


def score(texts: list[Labelled]) -> Score:
    """Count what the finder gets right, misses and finds wrongly; a find must have exactly the right ends."""
    result = Score()
    for one in texts:
        found = set(find(one.text))
        result.right.update(each.kind for each in found & one.wanted)
        result.missed.update(each.kind for each in one.wanted - found)
        result.wrong.update(each.kind for each in found - one.wanted)
    return result


def _read(line: str) -> Labelled:
    text, wanted, at = "", set(), 0
    for match in _MARKED.finditer(line):
        text += line[at : match.start()]
        wanted.add(Found(len(text), len(text) + len(match["data"]), Kind(match["kind"])))
        text += match["data"]
        at = match.end()
    return Labelled(text + line[at:], frozenset(wanted))
