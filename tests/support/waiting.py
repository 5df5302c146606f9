"""Waiting for what comes about by itself, for a bounded time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


async def until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    """Let the event loop go on until something holds, or fail."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


def wait_until(holds: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait in a thread until something holds, or fail."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.02)
