"""The memory that the server as a whole may take, against what its processes could."""

from __future__ import annotations

from kamara.config import QuerySettings, Settings
from kamara.errors import SettingsError

WORKER_MB = 128
"""What a worker takes with an open store, before its first query: 98 MiB were measured, and up to 32 more of
the engine's cache."""
SERVER_MB = 512
"""What is left for the process that serves, without its cache of answers."""


CLERK_MB = 96
"""What a clerk may take beyond its open store."""


def processes(limits: QuerySettings) -> int:
    """Worker processes at once: every seat, and the spare one of the quick lane."""
    return limits.workers + 1 + limits.long_workers + limits.job_workers


def server(settings: Settings) -> int:
    """MiB of the others: the process that serves with its cache, the one that writes, the clerks."""
    writer = settings.write.memory_mb if settings.write.tokens else 0
    return SERVER_MB + settings.http.cache_mb + writer + settings.http.clerks * (WORKER_MB + CLERK_MB)


def check(settings: Settings) -> None:
    """Raises SettingsError when the processes together could pass `query.total_memory_mb`."""
    limits, others, count = settings.query, server(settings), processes(settings.query)
    needed = others + count * (limits.memory_mb + WORKER_MB)
    if needed <= limits.total_memory_mb:
        return
    fits = (limits.total_memory_mb - others) // count - WORKER_MB
    lower = f"lower query.memory_mb to {fits} or" if fits >= 64 else "have fewer workers or"
    raise SettingsError(
        f"query.total_memory_mb: {count} workers of up to {limits.memory_mb} + {WORKER_MB} MiB and "
        f"{others} for the server could take {needed} MiB, {limits.total_memory_mb} are allowed",
        remedy=f"{lower} raise query.total_memory_mb to {needed}",
    )
