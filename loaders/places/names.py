"""Names of places found in texts, by whole words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kamara.loaders.folding import fold

_WORD = re.compile(r"\w+")


def words(text: str) -> tuple[str, ...]:
    """The words of a text, without case and accents."""
    return tuple(_WORD.findall(fold(text)))


class Names:
    """Names, each of one place, by their words."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._places = {words(name): place for name, place in names.items() if words(name)}
        self._longest = max(map(len, self._places), default=0)

    def find(self, text: str) -> str:
        """The place whose name has most words of those in `text`; the first of equals; empty when none is."""
        said = words(text)
        for length in range(min(self._longest, len(said)), 0, -1):
            for start in range(len(said) - length + 1):
                place = self._places.get(said[start : start + length])
                if place is not None:
                    return place
        return ""

    def exactly(self, text: str) -> str:
        """The place that has all of `text` as a name; empty when none has."""
        return self._places.get(words(text), "")
