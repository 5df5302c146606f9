"""Errors of the graph.

GraphError
├── LogError            the change log is damaged or from another version of Kamara
├── LockedError         another process writes to this data folder
├── StoreError          the store cannot be opened or written
├── DiskError           no room to write or to publish
├── BackupError         a backup cannot be taken, read or restored
├── ResultError         no such pinned result, or it cannot be given as it was
├── VersionError        no such published version, or it cannot be removed
│   └── UnpublishedError  nothing has been published yet
└── QueryError          a query cannot be answered
    ├── RefusedError    the guard refuses it before it runs
    │   ├── TooLongError  its text is too long
    │   ├── TooDeepError  its brackets are nested too deep
    │   ├── TooComplexError  it holds too many parts of one kind
    │   ├── ServiceRefusal  it calls an endpoint that may not be called
    │   └── UpdateRefusal  it is an update
    ├── SyntaxRefusal   it is not SPARQL
    ├── DeadlineError   it ran past its deadline
    ├── MemoryLimitError  it took more memory than it may
    ├── BusyError       no worker is free and the queue is full
    ├── TooManyError    its client has used up what it may in this window of time
    ├── RoomError       the answers that are kept take all the room that there is
    ├── PinError        its answer cannot be pinned
    ├── FormatError     its answer cannot be written in the format that was asked for
    ├── ServiceError    an endpoint that SERVICE calls does not answer as it should
    ├── CancelledError  its client left, or the server is stopping
    └── ParameterError  a saved query's parameter is missing, unknown or of the wrong type
"""

from __future__ import annotations

from dataclasses import dataclass

from kamara.errors import KamaraError


@dataclass(frozen=True)
class Limit:
    """A limit that was passed. `name`: the setting (`query.max_bytes`); `unit`: bytes, MiB, seconds, ..."""

    name: str
    value: float
    unit: str


class GraphError(KamaraError):
    """Something about the graph."""


class LogError(GraphError):
    """The change log cannot be read or extended."""


class LockedError(GraphError):
    """Another process holds the writer's lock."""

    exit_code = 4


class StoreError(GraphError):
    """The store cannot be opened or written."""


class DiskError(GraphError):
    """There is not enough room on the disk."""

    exit_code = 5


class BackupError(GraphError):
    """A backup cannot be taken, read or restored."""


class ResultError(GraphError):
    """A pinned result is not there, or its answer cannot be made again. `gone`: it was there once."""

    def __init__(self, what: str, *, where: str = "", remedy: str = "", gone: bool = False) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.gone = gone


class VersionError(GraphError):
    """A published version does not exist or cannot be changed."""


class UnpublishedError(VersionError):
    """Nothing has been published yet."""


class QueryError(GraphError):
    """A query cannot be answered.

    `limit` is the limit that stands in the way and `asked` what the query asked, in the limit's unit or as a
    text. `rewrite` is a query that would pass, where one can be made. `retry_after`: whole seconds.
    """

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        remedy: str = "",
        limit: Limit | None = None,
        asked: float | str | None = None,
        rewrite: str = "",
        retry_after: int | None = None,
    ) -> None:
        super().__init__(what, where=where, remedy=remedy)
        self.limit = limit
        self.asked = asked
        self.rewrite = rewrite
        self.retry_after = retry_after


class RefusedError(QueryError):
    """The guard refuses the query before the engine sees it."""


class TooLongError(RefusedError):
    """The text of the query is longer than it may be."""


class TooDeepError(RefusedError):
    """The brackets of the query are nested deeper than they may be."""


class TooComplexError(RefusedError):
    """The query holds more parts of one kind than the engine can read safely."""


class ServiceRefusal(RefusedError):  # noqa: N818 - a refusal is an answer, no fault of ours
    """The query calls an endpoint that may not be called."""


class UpdateRefusal(RefusedError):  # noqa: N818
    """The text is an update and not a query."""


class SyntaxRefusal(QueryError):  # noqa: N818 - SyntaxError is Python's own
    """The text is not a SPARQL query. `where` is `line L, column C` when the place is known."""


class DeadlineError(QueryError):
    """The query was killed at its deadline."""


class MemoryLimitError(QueryError):
    """The query was killed at its memory limit."""


class BusyError(QueryError):
    """No worker is free and the queue is full."""


class TooManyError(QueryError):
    """The client has used up the seconds or the number that it may in this window of time."""


class RoomError(QueryError):
    """The answers that are kept for jobs take all the room that there is."""


class PinError(QueryError):
    """The answer cannot be pinned: it could not be made again, it is too long, or no more may be pinned."""


class FormatError(QueryError):
    """The answer cannot be written in the format that was asked for."""


class ServiceError(QueryError):
    """An endpoint that SERVICE calls cannot be reached, or answers otherwise than it should."""


class CancelledError(QueryError):
    """The query was stopped because nobody waits for its answer any more."""


class ParameterError(QueryError):
    """A parameter of a saved query is missing, unknown or of the wrong type."""

    exit_code = 2
