"""What the records of the last day's file said: which of the next day's say the same.

A record says the same when its lines are the same but for the day in the names of its states and the day from
which they hold. What it describes then stands as it stood, unless another record of the file touches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain

from kamara.loaders.history import VALID_FROM, Groups
from kamara.loaders.records import Record
from kamara.sparql.lines import subject

Place = tuple[str, int]
"""Where a record stands: its file, as quarantine calls it, and its first line."""

_FROM = f" <{VALID_FROM}> "


@dataclass(frozen=True, slots=True)
class _Alike:
    """Records that say the same, and the keys of what they describe."""

    places: list[Place]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class File:
    """The records of a file by what they say."""

    records: Mapping[bytes, _Alike]

    def __len__(self) -> int:
        return sum(len(one.places) for one in self.records.values())


@dataclass(frozen=True)
class Difference:
    """What a file changes: the records that must be looked at, and the keys of what these touch."""

    places: frozenset[Place]
    keys: frozenset[str]


def read_file(records: Iterable[Record], groups: Groups) -> File:
    """Note what the records of a file say."""
    found: dict[bytes, _Alike] = {}
    for record in records:
        keys = {name: groups.key(name) for name in record.things}
        said = _digest(record, keys, groups)
        alike = found.setdefault(said, _Alike([], tuple(dict.fromkeys(keys.values()))))
        alike.places.append((record.file, record.first_line))
    return File(found)


def difference(last: File, held: frozenset[bytes], file: File) -> Difference:
    """What `file` changes of what `last` left; the `held` records of that one count as not there."""
    same = {said for said, one in file.records.items() if said not in held and said in last.records}
    both = chain(last.records.items(), file.records.items())
    touched = {key for said, one in both if said not in same for key in one.keys}
    while more := {said for said in same if not touched.isdisjoint(file.records[said].keys)}:
        same -= more
        touched.update(key for said in more for key in file.records[said].keys)
    places = (place for said, one in file.records.items() if said not in same for place in one.places)
    return Difference(frozenset(places), frozenset(touched))


def held_records(file: File, held: Iterable[Place]) -> frozenset[bytes]:
    """What the records at some places of a file say."""
    places = frozenset(held)
    return frozenset(said for said, one in file.records.items() if not places.isdisjoint(one.places))


def _digest(record: Record, keys: Mapping[str, str], groups: Groups) -> bytes:
    told = blake2b(digest_size=16)
    for problem in record.problems:
        told.update(f"{problem.path}\0{problem.found}\0".encode())
    for name, key in keys.items() if record.problems else ():
        told.update(f"{name}\0{key}\0".encode())
    for line in record.lines:
        name = subject(line)
        key, rest = keys[name], line[len(name) :]
        if not (groups.is_series(key) and rest.startswith(_FROM)):
            told.update(f"{key}{rest}".encode())
    return told.digest()
