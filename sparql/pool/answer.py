"""An answer on its way to who asked."""

from __future__ import annotations

from collections.abc import AsyncIterator

from kamara.sparql.formats import Form, Format
from kamara.sparql.pool.observer import LaneName
from kamara.sparql.pool.run import Run
from kamara.sparql.versions import Version


class QueryAnswer:
    """An answer, whole or still coming. Iterate over it once, or `read()` it; `stop()` ends the rest.

    `lane`: where it was when it began to come. `whole`: the whole body when it was there at once.
    """

    def __init__(self, run: Run, form: Form, chosen: Format, version: Version) -> None:
        self.form: Form = form
        self.format = chosen
        self.version = version
        self.lane: LaneName = run.lane
        self.whole = run.take_whole()
        self._run = run

    @property
    def media_type(self) -> str:
        """The value of Content-Type."""
        return self.format.content_type

    @property
    def rows(self) -> int | None:
        """Rows of a SELECT, triples of a graph, 1 of an ASK; None until the engine is done."""
        return self._run.rows

    @property
    def seconds(self) -> float:
        """The engine's work so far."""
        return self._run.seconds

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces. Raises QueryError or StoreError when it cannot be completed.

        Leaving the loop early, or cancelling its task, stops the query.
        """
        if self.whole is not None:
            yield self.whole
            return
        try:
            while (piece := await self._run.get()) is not None:
                yield piece
        finally:
            self.stop()

    async def read(self) -> bytes:
        """The whole answer. Raises QueryError or StoreError when it cannot be completed."""
        return b"".join([piece async for piece in self])

    def stop(self) -> None:
        """End the query if it still runs, and let go of what was not read."""
        self._run.close()
