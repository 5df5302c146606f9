"""Answers that are kept while the published version stays: bounded in bytes, the least used go first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

from kamara.api.gateway.encodings import Coding
from kamara.api.gateway.held import Held, Packed
from kamara.api.gateway.wish import Key
from kamara.sparql.versions import Version

_MIB = 1 << 20
# Of the whole cache, what one answer may take at most: an eighth.
_SHARE = 8
# What Python itself takes for an answer with its headers, and for a wish that leads to it (measured).
_ANSWER_BYTES, _WISH_BYTES = 2048, 512
_MOST_WISHES = 64


@dataclass(slots=True)
class _Entry:
    """One answer, what it was packed into, and the wishes that it fulfils."""

    held: Held
    size: int
    packed: dict[Coding, Packed] = field(default_factory=dict)
    wishes: list[Key] = field(default_factory=list)


class ResponseCache:
    """Answers by what they are (`name`: what tells two representations apart) and by who wished for them."""

    def __init__(self, megabytes: int) -> None:
        """Keep at most so many MiB; 0 keeps nothing."""
        self._room = megabytes * _MIB
        self._used = 0
        self._version: Version | None = None
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._wishes: dict[Key, tuple[Hashable, Packed]] = {}

    @property
    def largest(self) -> int:
        """The largest body that is kept, in bytes."""
        return self._room // _SHARE

    @property
    def used(self) -> int:
        """Bytes in use, about."""
        return self._used

    def find(self, wish: Key, version: Version) -> Packed | None:
        """The answer of this published version to a wish that it fulfilled before."""
        self.see(version)
        found = self._wishes.get(wish)
        if found is None:
            return None
        self._entries.move_to_end(found[0])
        return found[1]

    def held(self, name: Hashable) -> Held | None:
        """The answer of this name."""
        entry = self._entries.get(name)
        return None if entry is None else entry.held

    def packed(self, name: Hashable, coding: Coding) -> Packed | None:
        """The answer of this name in a coding in which it was sent before."""
        entry = self._entries.get(name)
        return None if entry is None else entry.packed.get(coding)

    def keep(self, version: Version, name: Hashable, held: Held, packed: Packed, wish: Key | None) -> None:
        """Keep an answer that `version` gave, unless another one is published by now, or it is too large."""
        if version != self._version or len(held.body) > self.largest:
            return
        entry = self._entries.get(name)
        if entry is None:
            entry = self._entries[name] = _Entry(held, 0)
            self._grow(entry, len(held.body) + _ANSWER_BYTES)
        if packed.coding not in entry.packed:
            entry.packed[packed.coding] = packed
            self._grow(entry, 0 if packed.body is held.body else len(packed.body))
        if wish is not None and wish not in self._wishes and len(entry.wishes) < _MOST_WISHES:
            entry.wishes.append(wish)
            self._wishes[wish] = (name, packed)
            self._grow(entry, _WISH_BYTES + sum(map(len, filter(None, wish))))
        self._entries.move_to_end(name)
        self._shrink()

    def see(self, version: Version) -> None:
        """Forget everything unless this version was the last one seen."""
        if version is not self._version and version != self._version:
            self._entries.clear()
            self._wishes.clear()
            self._used = 0
        self._version = version

    def _grow(self, entry: _Entry, size: int) -> None:
        entry.size += size
        self._used += size

    def _shrink(self) -> None:
        while self._used > self._room:
            _, entry = self._entries.popitem(last=False)
            self._used -= entry.size
            for wish in entry.wishes:
                del self._wishes[wish]
