"""Harvested records and those kept from before, merged by identifier into files that change little."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

# An identifier's share of the records: a harvest that changes few of them leaves most files as they were.
_SHARES = "0123456789abcdef"


class Entry(NamedTuple):
    """One record: its identifier, its text as it stands in a file (None when it was deleted), its rank.

    Of several taken entries of one identifier the one of the highest rank counts, of equal ones the last.
    """

    identifier: str
    text: str | None
    rank: str = ""


@dataclass(frozen=True)
class Form:
    """How records stand in a file: its name with `{share}`, what is around and between them, its reader."""

    name: str
    head: str
    between: str
    foot: str
    read: Callable[[Path], Iterable[Entry]]


class Merge:
    """Spools harvested records in `folder`, then writes what the dataset is to be made of.

    Holds what is taken at once, or one share of the records, in memory.
    """

    def __init__(self, folder: Path, form: Form) -> None:
        self._folder = folder
        self._form = form
        folder.mkdir()
        self.is_empty = True

    def take(self, entries: Iterable[Entry]) -> None:
        """Take records."""
        shares: dict[str, list[str]] = {}
        for entry in entries:
            line = json.dumps(entry, ensure_ascii=False) + "\n"
            shares.setdefault(_share(entry.identifier), []).append(line)
        for share, lines in shares.items():
            self.is_empty = False
            with (self._folder / f"{share}.jsonl").open("a", encoding="utf-8") as spool:
                spool.writelines(lines)

    def discard(self) -> None:
        """Forget all that was taken."""
        shutil.rmtree(self._folder)

    def write(self, kept: Iterable[Path]) -> tuple[Path, ...]:
        """Write the records: those of the `kept` files, with the taken ones in their place.

        Gives at least one file of the form, each sorted by identifier. The same records always give the same
        bytes.
        """
        before = {path.name: path for path in kept}
        written = [self._write_share(share, before.get(self._name(share))) for share in _SHARES]
        return tuple(path for path in written if path is not None) or (self._save(_SHARES[0], {}),)

    def _write_share(self, share: str, before: Path | None) -> Path | None:
        found = self._form.read(before) if before is not None else ()
        records = {entry.identifier: entry.text for entry in found if entry.text is not None}
        for entry in self._taken(share):
            records.pop(entry.identifier, None)
            if entry.text is not None:
                records[entry.identifier] = entry.text
        return self._save(share, records) if records else None

    def _taken(self, share: str) -> Iterable[Entry]:
        spool = self._folder / f"{share}.jsonl"
        newest: dict[str, Entry] = {}
        if spool.exists():
            with spool.open(encoding="utf-8") as lines:
                for entry in (Entry(*json.loads(line)) for line in lines):
                    if entry.identifier not in newest or newest[entry.identifier].rank <= entry.rank:
                        newest[entry.identifier] = entry
        return newest.values()

    def _save(self, share: str, records: dict[str, str]) -> Path:
        target = self._folder / self._name(share)
        with target.open("w", encoding="utf-8", newline="\n") as text:
            text.write(self._form.head)
            for number, identifier in enumerate(sorted(records)):
                text.write(self._form.between if number else "")
                text.write(records[identifier])
            text.write(self._form.foot)
        return target

    def _name(self, share: str) -> str:
        return self._form.name.format(share=share)


def _share(identifier: str) -> str:
    return sha256(identifier.encode()).hexdigest()[0]
