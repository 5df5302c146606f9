"""Records that stay out of the public graphs, with their raw text and the reasons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kamara.loaders.errors import SourceError
from kamara.loaders.validation.violations import Violation, from_json, to_json
from kamara.sparql.log import ChangeLog


@dataclass(frozen=True)
class Held:
    """A quarantined record: where it stands in which file (lines counted from 1), and why it is held.

    `subjects` are the things that it would describe, each as `<IRI>`.
    """

    file: str
    first_line: int
    last_line: int
    subjects: tuple[str, ...]
    reasons: tuple[Violation, ...]
    raw: str = ""

    @property
    def withheld(self) -> bool:
        """Whether nothing of its things may be public, not even their last good state."""
        return any(reason.withholds for reason in self.reasons)

    @property
    def name(self) -> str:
        """What a person calls it by: file and line."""
        return f"{self.file}:{self.first_line}"

    def to_json(self) -> str:
        """One JSON line."""
        content = {
            "file": self.file,
            "lines": [self.first_line, self.last_line],
            "subjects": self.subjects,
            "reasons": [to_json(reason) for reason in self.reasons],
            "raw": self.raw,
        }
        return json.dumps(content, ensure_ascii=False) + "\n"


def read_held(line: str) -> Held:
    """The record that `Held.to_json` wrote."""
    content: dict[str, Any] = json.loads(line)
    first, last = content["lines"]
    reasons = tuple(from_json(reason) for reason in content["reasons"])
    return Held(content["file"], first, last, tuple(content["subjects"]), reasons, content["raw"])


def held_in(log: ChangeLog, dataset: str) -> Iterator[Held]:
    """The records of a dataset that are in quarantine now: those of its newest change set.

    An append source keeps what earlier loads held back too.
    """
    change_sets = log.of(dataset)
    if change_sets and change_sets[-1].manifest.mode != "append":
        change_sets = change_sets[-1:]
    for change_set in change_sets:
        for line in change_set.quarantine():
            yield read_held(line)


def find_held(log: ChangeLog, dataset: str, name: str) -> Held:
    """The quarantined record called `name` (file and line). Raises SourceError when there is none."""
    for held in held_in(log, dataset):
        if name in (held.name, str(held.first_line)):
            return held
    raise SourceError(
        f"no record {name!r} of {dataset} is in quarantine",
        remedy=f"`kamara quarantine list {dataset}` lists them",
    )
