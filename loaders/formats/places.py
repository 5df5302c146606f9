"""What all readers of JSON and XML share: what is taken from a file, and when a file is too large."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kamara.loaders.errors import SourceError


@dataclass(frozen=True)
class Found:
    """A record before its values are picked: its number or line, its content and its own text.

    `problem` says why there is no content.
    """

    first: int
    content: Any
    text: str
    problem: str = ""


class Unpickable(Exception):  # noqa: N818 - not a failure: it becomes the record's problem
    """A value that is no text: what it is, and what was expected in English and in Greek."""

    def __init__(self, what: str, expected: tuple[str, str]) -> None:
        super().__init__(what)
        self.expected = expected


def check_size(path: Path, limit: int, expression: str, remedy: str) -> None:
    """Raise SourceError when the file is larger than `limit` bytes, as `expression` needs it in memory."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise SourceError(
            f"cannot be read: {error.strerror}", where=str(path), remedy="name a file that can"
        ) from error
    if size > limit:
        raise SourceError(
            f"{size} bytes, and {expression} needs the whole file in memory, where at most {limit} may be",
            where=str(path),
            remedy=f"{remedy}, or raise load.max_whole_bytes",
        )
