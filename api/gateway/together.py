"""Who asks the same in the same moment is given one answer: a new version has no kept ones."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from kamara.sparql.errors import DeadlineError, MemoryLimitError
from kamara.sparql.pool.answer import QueryAnswer

Run = Callable[[], Awaitable[QueryAnswer]]


class Together:
    """Queries that run now, by the tag of their answer."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Future[QueryAnswer | None]] = {}

    async def ask(self, tag: str, run: Run) -> QueryAnswer:
        """The answer of `run`, or of the same query that runs already.

        An answer that is sent while it is made serves one client. What would befall the same query again, its
        deadline and its memory, befalls all who wait for it; what befalls one client does not: when it leaves
        or has used up its budget, another one's query runs in the place of its.
        """
        while (running := self._running.get(tag)) is not None:
            found = await asyncio.shield(running)
            if found is not None and found.whole is not None:
                return found
            if found is not None:
                return await run()
        return await self._run(tag, run)

    async def _run(self, tag: str, run: Run) -> QueryAnswer:
        told = self._running[tag] = asyncio.get_running_loop().create_future()
        found: QueryAnswer | None = None
        try:
            found = await run()
        except (DeadlineError, MemoryLimitError) as error:
            told.set_exception(error)
            # Perhaps nobody waits for it.
            told.exception()
            raise
        else:
            return found
        finally:
            del self._running[tag]
            if not told.done():
                told.set_result(found)
