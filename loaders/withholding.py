"""Things that must not be public: they go with their parts and their earlier states.

A record is withheld when it breaks a shape that says `kam:withholds true`. Other bad records leave the last
good state of their things in the dataset; a withheld one leaves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kamara.loaders.history import Groups
from kamara.sparql.lines import subject


class Withheld:
    """What is withheld, each thing as `<IRI>`: it covers the thing and its parts (`IRI~...`)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)

    def __bool__(self) -> bool:
        return bool(self._names)

    def covers(self, name: str) -> bool:
        """Whether a thing, as `<IRI>`, is withheld or a part of what is."""
        if name in self._names:
            return True
        cuts = (place for place, char in enumerate(name) if char == "~")
        return any(name[:place] + ">" in self._names for place in cuts)

    def series(self, groups: Groups) -> Withheld:
        """The same with all states of things that have states: the last part of their key is a day."""
        return Withheld(
            name[: name.rindex("~")] + ">" if groups.is_series(name) and "~" in name else name
            for name in self._names
        )

    def without(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines that neither describe nor name what is withheld."""
        if not self._names:
            yield from lines
            return
        for line in lines:
            if not self.covers(subject(line)) and not self.covers(line.split(" ", 2)[2][:-3]):
                yield line
