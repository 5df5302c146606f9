"""What the fetches of a source came to: one small JSON file a source in the data folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from kamara.sparql import durable
from kamara.sparql.layout import Layout


class Attempts(BaseModel):
    """The last attempt, the last success and the last failure (UTC), and what the next fetch should know.

    `failures` counts those since the last success. `memo` holds for the dataset as change set `sequence` left
    it, fetched with the settings whose hash is `settings`.
    """

    model_config = ConfigDict(frozen=True)

    attempt: datetime | None = None
    success: datetime | None = None
    failed: datetime | None = None
    failure: str = ""
    failures: int = 0
    memo: dict[str, str] = {}
    sequence: int = 0
    settings: str = ""


def read_attempts(layout: Layout, name: str) -> Attempts:
    """What is known of a source's fetches; nothing when its file is not there or cannot be read."""
    try:
        return Attempts.model_validate_json(_path(layout, name).read_bytes())
    except (FileNotFoundError, ValidationError):
        return Attempts()


def write_attempts(layout: Layout, name: str, attempts: Attempts) -> None:
    """Put it on the disk. The data folder's writer calls this after what was fetched is committed."""
    path = _path(layout, name)
    path.parent.mkdir(exist_ok=True)
    durable.write_bytes(path, attempts.model_dump_json(indent=2).encode() + b"\n")


def _path(layout: Layout, name: str) -> Path:
    return layout.fetch / f"{name}.json"
