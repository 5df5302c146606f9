"""Errors of the graph.

GraphError
├── LogError            the change log is damaged or from another version of Kamara
├── LockedError         another process writes to this data folder
├── StoreError          the store cannot be opened or written
├── DiskError           no room to write or to publish
├── BackupError         a backup cannot be taken, read or restored
├── VersionError        no such published version, or it cannot be removed
│   └── UnpublishedError  nothing has been published yet
└── QueryError          a query cannot be answered
    ├── RefusedError    the guard refuses it before it runs
    │   └── TooLongError  its text is too long
    ├── SyntaxRefusal   it is not SPARQL
    ├── DeadlineError   it ran past its deadline
    ├── MemoryLimitError  it took more memory than it may
    ├── BusyError       no worker is free and the queue is full
    ├── CancelledError  its client left, or the server is stopping
    └── ParameterError  a saved query's parameter is missing, unknown or of the wrong type
"""

from __future__ import annotations

from kamara.errors import KamaraError


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


class VersionError(GraphError):
    """A published version does not exist or cannot be changed."""


class UnpublishedError(VersionError):
    """Nothing has been published yet."""


class QueryError(GraphError):
    """A query cannot be answered."""


class RefusedError(QueryError):
    """The guard refuses the query before the engine sees it."""


class TooLongError(RefusedError):
    """The text of the query is longer than it may be."""


class SyntaxRefusal(QueryError):  # noqa: N818 - SyntaxError is Python's own
    """The text is not a SPARQL query."""


class DeadlineError(QueryError):
    """The query was killed at its deadline."""


class MemoryLimitError(QueryError):
    """The query was killed at its memory limit."""


class BusyError(QueryError):
    """No worker is free and the queue is full."""


class CancelledError(QueryError):
    """The query was stopped because nobody waits for its answer any more."""


class ParameterError(QueryError):
    """A parameter of a saved query is missing, unknown or of the wrong type."""

    exit_code = 2
