"""What every kind of transport gets, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar

from kamara.config import FetchSettings
from kamara.loaders.fetch.client import Client
from kamara.loaders.source import Files

Memo = Mapping[str, str]
Wanted_contra = TypeVar("Wanted_contra", contravariant=True)


@dataclass(frozen=True)
class Errand:
    """One fetch of one source.

    `files`: which files the source wants. `place`: the folder or file to read, when they lie on this machine.
    `folder`: an empty folder for what is fetched. `memo`: what the last fetch left that was loaded; empty
    when the dataset was changed otherwise since, or the settings of the fetch are others. `kept` opens the
    files that the dataset stands on now. `attempt` is a folder for what a harvest that breaks has got so far:
    it stays when the fetch fails, and the fetch removes it when it is through. `declared` are tables of the
    settings, by name.
    """

    name: str
    files: Files
    place: Path
    folder: Path
    limits: FetchSettings
    client: Client
    memo: Memo
    kept: Callable[[], AbstractContextManager[list[Path]]]
    attempt: Path
    declared: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Fetched:
    """What came: the files that the dataset is to be made of, or None when nothing is new.

    `memo` is kept once the files are loaded, and given to the next fetch.
    """

    files: tuple[Path, ...] | None
    memo: Memo = field(default_factory=dict)


class Fetcher(Protocol[Wanted_contra]):
    """Fetches a source of one kind; `Wanted_contra` are that kind's settings."""

    def __call__(self, wanted: Wanted_contra, errand: Errand, /) -> Fetched:
        """Fetch. Files may lie anywhere while they are loaded; what is made goes to the errand's folder.

        Raises SourceError (mostly FetchError or ArchiveError) when it cannot, and then nothing is kept.
        """
