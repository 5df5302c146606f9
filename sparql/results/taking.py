"""An answer taken into a file, measured on its way."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from kamara.sparql.errors import Limit, PinError
from kamara.sparql.pool.answer import QueryAnswer


@dataclass(frozen=True)
class Taken:
    """A whole answer: its SHA-256 in hexadecimal, its bytes, its rows."""

    digest: str
    size: int
    rows: int


@contextmanager
def scratch_file(folder: Path) -> Iterator[Path]:
    """An empty file in `folder` for as long as the block lasts, unless it was moved away."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", suffix=".part", delete=False) as made:
        path = Path(made.name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def digest_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


async def take(answer: QueryAnswer, path: Path, limit: Limit) -> Taken:
    """Write the answer to `path`.

    Raises PinError when it is longer than `limit` (in MiB), QueryError when it cannot be completed.
    """
    digest, size = sha256(), 0
    with path.open("wb") as file:
        async for piece in answer:
            digest.update(piece)
            size += len(piece)
            if size > limit.value * (1 << 20):
                raise PinError(
                    f"the answer is longer than {limit.value:g} MiB ({limit.name})",
                    remedy="ask for less at once",
                    limit=limit,
                )
            file.write(piece)
    return Taken(digest.hexdigest(), size, answer.rows or 0)
