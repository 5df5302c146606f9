"""Erasure in the log: the one exception to its being append-only.

A thing is mentioned by a line whose subject or object is its IRI or a part, `IRI/...` or `IRI~...`. Every
change set that mentions it is rewritten without those lines, without the quarantined records that would
describe it, and with the manifest that fits. What is derived from the log is the caller's to make again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

from kamara.sparql import durable, lines
from kamara.sparql.changeset import ADDS, MANIFEST, QUARANTINE, REMOVES, ChangeSet, Snapshot, digest
from kamara.sparql.lines import subject


@dataclass(frozen=True)
class Target:
    """The thing to erase."""

    iri: str

    def mentioned_in(self, line: str) -> bool:
        """Whether a line of N-Triples has the thing, or a part of it, as subject or object."""
        name, _, rest = line.split(" ", 2)
        return self.described_by(term for term in (name, rest[:-3]) if term.startswith("<"))

    def covers(self, iri: str) -> bool:
        """Whether an IRI is that of the thing or of a part of it."""
        return iri == self.iri or iri.startswith((f"{self.iri}/", f"{self.iri}~"))

    def described_by(self, subjects: Iterable[str]) -> bool:
        """Whether one of these subjects, each as `<IRI>`, is the thing or a part of it."""
        return any(self.covers(name[1:-1]) for name in subjects)


def mentions(change_set: ChangeSet, target: Target) -> bool:
    """Whether a change set, its quarantine included, holds anything about the thing."""
    changed = any(map(target.mentioned_in, chain(change_set.adds(), change_set.removes())))
    return changed or any(not _keeps(line, target) for line in change_set.quarantine())


def scrub(change_set: ChangeSet, target: Target, snapshots: tuple[Snapshot, ...], before: int) -> int:
    """Rewrite a change set without the thing, and with these snapshots. May be done again after a crash.

    `before`: the triples of its dataset before it. Gives those after it.
    """
    kept: Mapping[str, Callable[[str], bool]] = {
        ADDS: lambda line: not target.mentioned_in(line),
        REMOVES: lambda line: not target.mentioned_in(line),
        QUARANTINE: lambda line: _keeps(line, target),
    }
    return _rewritten(change_set, kept, {"snapshots": snapshots}, before)


def scrub_results(change_set: ChangeSet, results: Collection[str], before: int) -> int:
    """Rewrite a change set of a derived dataset without some results, each as `<IRI>`; else as `scrub`.

    What it was made by is taken from its manifest, so that the dataset is made again.
    """

    def keep(line: str) -> bool:
        return subject(line) not in results

    return _rewritten(change_set, dict.fromkeys((ADDS, REMOVES), keep), {"recipe": ""}, before)


def _rewritten(
    change_set: ChangeSet, kept: Mapping[str, Callable[[str], bool]], told: Mapping[str, object], before: int
) -> int:
    """Keep what `kept` says of each file and tell the manifest; gives the triples of the dataset after it."""
    counted = {name: _rewrite(change_set.folder / name, keep) for name, keep in kept.items()}
    after = before + counted[ADDS] - counted[REMOVES]
    counts = change_set.manifest.counts.model_copy(
        update={
            "added": counted[ADDS],
            "removed": counted[REMOVES],
            "quarantined": counted.get(QUARANTINE, change_set.manifest.counts.quarantined),
            "triples": after,
        }
    )
    files = change_set.manifest.files | {name: digest(change_set.folder / name) for name in kept}
    manifest = change_set.manifest.model_copy(update={"counts": counts, "files": files, **told})
    durable.write_bytes(change_set.folder / MANIFEST, manifest.model_dump_json(indent=2).encode() + b"\n")
    return after


def _rewrite(path: Path, keep: Callable[[str], bool]) -> int:
    count = 0
    with durable.staged_file(path) as staged, lines.writing(staged) as text:
        for line in filter(keep, lines.read(path)):
            text.write(line)
            count += 1
    return count


def key_pattern(iri: str) -> re.Pattern[str]:
    """The key of a thing as a word of its own: how a source's file would name it."""
    key = unquote(iri.rstrip("/").rsplit("/", 1)[-1])
    return re.compile(rf"(?<!\w){re.escape(key)}(?!\w)")


def _keeps(line: str, target: Target) -> bool:
    """Whether a quarantined record has nothing to do with the thing, also not in its raw text."""
    held = json.loads(line)
    named = key_pattern(target.iri).search(held["raw"]) is not None
    return not named and not target.described_by(held["subjects"])
