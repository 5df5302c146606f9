"""Clients that leave: whoever works for one is stopped."""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Any, Self

from starlette.types import Receive

# Most answers are there sooner; until then nobody listens whether the client is still there.
_LISTEN_AFTER_SECONDS = 0.05


class Departure:
    """While the context lasts, the task in it is cancelled once its client leaves; the context then ends.

    What follows looks at `left`. The request's body must have been read.
    """

    def __init__(self, receive: Receive) -> None:
        self.left = False
        self._receive = receive
        self._timer: asyncio.TimerHandle | None = None
        self._listening: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(_LISTEN_AFTER_SECONDS, self._listen, task)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if self._timer is not None:
            self._timer.cancel()
        if self._listening is not None:
            self._listening.cancel()
        task = asyncio.current_task()
        if self.left and kind is asyncio.CancelledError and task is not None:
            return task.uncancel() == 0
        return False

    def _listen(self, task: asyncio.Task[Any]) -> None:
        self._listening = asyncio.get_running_loop().create_task(self._wait(task))

    async def _wait(self, task: asyncio.Task[Any]) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
        self.left = True
        task.cancel()
