"""One job while the server lives."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from kamara.sparql.pool.answer import QueryAnswer
from kamara.sparql.results.jobs import JobRecord


@dataclass(eq=False)
class Job:
    """A job: what is on the disk of it, who runs it, and how far it is. `client` is a keyed hash."""

    record: JobRecord
    client: bytes
    task: asyncio.Task[None] | None = None
    answer: QueryAnswer | None = None
    began: float | None = None
    size: int = 0

    @property
    def seconds(self) -> float:
        """The work so far: since a worker took it."""
        if self.record.is_over or self.began is None:
            return self.record.seconds
        return asyncio.get_running_loop().time() - self.began
