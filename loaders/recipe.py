"""What turns a snapshot into triples, as one hash: when it changes, so may the triples."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from kamara import __version__
from kamara.config import Settings
from kamara.loaders.description import existing
from kamara.loaders.errors import SourceError
from kamara.loaders.source import Source


def shape_files(source: Source, settings: Settings) -> list[Path]:
    """The shapes that the source's records must fit. Raises SourceError when one is not there."""
    return [_existing(settings.resources.shapes / f"{name}.ttl", source) for name in source.about.shapes]


def rule_files(source: Source, settings: Settings) -> list[Path]:
    """The rules that the whole dataset must keep. Raises SourceError when one is not there."""
    return [_existing(settings.resources.rules / f"{name}.rq", source) for name in source.about.rules]


def recipe(source: Source, settings: Settings) -> str:
    """The sha256 over the source's description, mapping, shapes, rules, all code lists and this Kamara.

    The grid of positions is in it too: when it is made coarser, what stands is mapped again.
    """
    told = hash_files(
        [
            source.folder / "source.toml",
            _existing(source.mapping, source),
            *_readings(source),
            *shape_files(source, settings),
            *rule_files(source, settings),
            *sorted((settings.resources.ontology / "codes").glob("*.ttl")),
        ]
    )
    return hashlib.sha256(f"{told} {settings.privacy.grid_metres}".encode()).hexdigest()


def _readings(source: Source) -> list[Path]:
    """The table that says what the keys of its readings mean."""
    wanted = source.about.readings
    return [_existing(source.folder / wanted.table, source)] if wanted else []


def hash_files(paths: Iterable[Path]) -> str:
    """The sha256 over the names and contents of files, and over Kamara's own version."""
    total = hashlib.sha256(__version__.encode())
    for path in paths:
        content = path.read_bytes()
        total.update(f"\n{path.name} {len(content)}\n".encode() + content)
    return total.hexdigest()


def _existing(path: Path, source: Source) -> Path:
    return existing(path, source.folder / "source.toml", SourceError)
