"""What turns a snapshot into triples, as one hash: when it changes, so may the triples."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from kamara import __version__
from kamara.config import Settings
from kamara.loaders.source import Source


def recipe(source: Source, settings: Settings) -> str:
    """The sha256 over the source's description, mapping, shapes, rules, all code lists and this Kamara.

    The grid of positions is in it too: when it is made coarser, what stands is mapped again.
    """
    told = hash_files(
        [
            source.file,
            source.existing(source.mapping),
            *_readings(source),
            *source.shape_files(settings.resources),
            *source.rule_files(settings.resources),
            *sorted((settings.resources.ontology / "codes").glob("*.ttl")),
        ]
    )
    return hashlib.sha256(f"{told} {settings.privacy.grid_metres}".encode()).hexdigest()


def _readings(source: Source) -> list[Path]:
    """The table that says what the keys of its readings mean."""
    wanted = source.about.readings
    return [source.existing(source.folder / wanted.table)] if wanted else []


def hash_files(paths: Iterable[Path]) -> str:
    """The sha256 over the names and contents of files, and over Kamara's own version."""
    total = hashlib.sha256(__version__.encode())
    for path in paths:
        content = path.read_bytes()
        total.update(f"\n{path.name} {len(content)}\n".encode() + content)
    return total.hexdigest()
