"""The pool for threads and for the command line, which have no event loop of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

from kamara.config import Settings
from kamara.sparql.formats import Form, Format
from kamara.sparql.guard import Inspected
from kamara.sparql.pool.answer import QueryAnswer
from kamara.sparql.pool.caller import Caller
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.request import QueryRequest
from kamara.sparql.versions import Version

T = TypeVar("T")


class BlockingAnswer:
    """An answer for a thread. Iterate over `chunks` once, or `read()` it; `close()` ends the rest."""

    def __init__(self, answer: QueryAnswer, pool: BlockingPool) -> None:
        self.answer = answer
        self.form: Form = answer.form
        self.format: Format = answer.format
        self.version: Version = answer.version
        self.media_type = answer.media_type
        self.chunks = self._pieces()
        self._pool = pool

    def read(self) -> bytes:
        """The whole answer. Raises QueryError or StoreError when it cannot be completed."""
        whole = self.answer.whole
        return b"".join(self.chunks) if whole is None else whole

    def close(self) -> None:
        """End the query if it still runs. Any thread may call this."""
        if self.answer.whole is None:
            self._pool.call_soon(self.answer.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _pieces(self) -> Iterator[bytes]:
        pieces = aiter(self.answer)
        try:
            while (piece := self._pool.wait_for(_next(pieces))) is not None:
                yield piece
        finally:
            self.close()


class BlockingPool:
    """Asks a pool from threads. Threads may share it.

    As a context manager it runs the pool in a thread of its own, from entry to exit; otherwise the pool must
    have been started in a running event loop, and no method may be called from that loop's thread.
    """

    def __init__(self, pool: QueryPool) -> None:
        self.pool = pool
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.pool.settings

    def version(self) -> Version:
        """The version that a query asked now would see. Raises UnpublishedError before the first one."""
        return self.pool.version()

    def inspect(self, text: str) -> Inspected:
        """Let the guard look at a query. Raises RefusedError or SyntaxRefusal."""
        return self.pool.inspect(text)

    def run(self, request: QueryRequest, caller: Caller = Caller()) -> BlockingAnswer:  # noqa: B008 - frozen
        """Run a query; returns with the whole answer or its first piece.

        Raises RefusedError, SyntaxRefusal, BusyError, DeadlineError, MemoryLimitError, UnpublishedError or
        another QueryError; iterating over the chunks may raise the later ones too.
        """
        return self.run_inspected(self.inspect(request.text), request, caller)

    def run_inspected(
        self,
        query: Inspected,
        request: QueryRequest,
        caller: Caller = Caller(),  # noqa: B008 - frozen
        *,
        version: Version | None = None,
    ) -> BlockingAnswer:
        """The same for a query that the guard has seen; `version`: as in `QueryPool.ask`."""
        return BlockingAnswer(self.wait_for(self.pool.ask(query, request, caller, version=version)), self)

    def wait_for(self, work: Coroutine[Any, Any, T]) -> T:
        """What comes of `work` in the pool's loop."""
        found = asyncio.run_coroutine_threadsafe(work, self._running())
        try:
            return found.result()
        except BaseException:
            found.cancel()
            raise

    def call_soon(self, action: Any) -> None:
        """Let `action` be called in the pool's loop; nothing happens once that is closed."""
        loop = self._running()
        if not loop.is_closed():
            loop.call_soon_threadsafe(action)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="kamara-pool", daemon=True)
        self._thread.start()
        self.wait_for(self.pool.start())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._loop is not None
        assert self._thread is not None
        self.wait_for(self.pool.close())
        self.wait_for(self._loop.shutdown_asyncgens())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        loop = self._loop or self.pool.loop
        assert loop is not None, "the pool is asked before it was started"
        return loop


async def _next(pieces: Any) -> bytes | None:
    return await anext(pieces, None)
