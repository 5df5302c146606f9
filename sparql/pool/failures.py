"""Why a query was not answered, as its asker is told: the worker's own words, or how its process ended."""

from __future__ import annotations

import json
import re
import signal

from kamara.config import QuerySettings
from kamara.sparql.errors import (
    BusyError,
    CancelledError,
    DeadlineError,
    FormatError,
    GraphError,
    Limit,
    MemoryLimitError,
    QueryError,
    StoreError,
    SyntaxRefusal,
)
from kamara.sparql.pool.observer import Outcome
from kamara.sparql.versions import Version

_AT = re.compile(r"error at (\d+):(\d+): ")


def told(payload: bytes, version: Version, limits: QuerySettings) -> GraphError:
    """The error that a worker's failure frame speaks of."""
    failure = json.loads(payload)
    kind, message = failure["kind"], " ".join(failure["message"].split())
    if kind == "store":
        return unopened(version, message)
    if kind == "syntax":
        return _syntax(message)
    if kind == "memory":
        return memory_error(limits)
    if kind == "format":
        return FormatError(
            message, remedy="ask for another format: Turtle or JSON-LD, for a table JSON or CSV"
        )
    if kind == "evaluation":
        return QueryError(_shortened(message), remedy="correct the query")
    return QueryError(f"the engine failed ({message})", remedy="simplify the query")


def died(code: int, limits: QuerySettings, seconds: float) -> QueryError:
    """What ended a worker that nobody ended: its memory, its processor time, or the query.

    `code`: as `subprocess` gives it; `seconds`: the deadline that it worked under.
    """
    if code in (-signal.SIGABRT, -signal.SIGKILL):
        return memory_error(limits)
    if code == -signal.SIGXCPU:
        return deadline_error(seconds, "query.deadline_seconds")
    return QueryError(
        "the engine broke off while it read or ran this query",
        remedy="write the query with fewer nested or chained parts",
    )


def unopened(version: Version, why: str) -> StoreError:
    """A version that no worker can open."""
    return StoreError(
        f"version {version.number} cannot be opened: {why}",
        where=str(version.store),
        remedy="run `kamara rebuild`",
    )


def memory_error(limits: QuerySettings) -> MemoryLimitError:
    """The refusal of a query that took too much memory."""
    return MemoryLimitError(
        f"the query took more than {limits.memory_mb} MiB of memory (query.memory_mb)",
        remedy="ask for less at once: fewer joins without a shared variable, LIMIT, smaller groups",
        limit=Limit("query.memory_mb", limits.memory_mb, "MiB"),
    )


def deadline_error(seconds: float, setting: str) -> DeadlineError:
    """The refusal of a query that ran longer than the setting of this name allows."""
    return DeadlineError(
        f"the query ran longer than {seconds:g} seconds ({setting})",
        remedy="ask for less at once, or take the downloads and query them on a machine of your own",
        limit=Limit(setting, seconds, "seconds"),
    )


def busy_error(what: str, limit: Limit | None = None) -> BusyError:
    """The refusal of a query that there is no room for now."""
    return BusyError(what, remedy="ask again in a few seconds", limit=limit)


def stopping_error() -> CancelledError:
    """The end of a query whose server stops."""
    return CancelledError("the server is stopping", remedy="ask again in a moment")


def outcome_of(error: GraphError | None) -> Outcome:
    """How the pool's observer is told of it."""
    kinds: tuple[tuple[type[GraphError], Outcome], ...] = (
        (DeadlineError, "deadline"),
        (MemoryLimitError, "memory"),
        (CancelledError, "cancelled"),
        (BusyError, "refused"),
        (SyntaxRefusal, "refused"),
    )
    if error is None:
        return "answered"
    return next((outcome for kind, outcome in kinds if isinstance(error, kind)), "failed")


def _syntax(message: str) -> SyntaxRefusal:
    found = _AT.match(message)
    where = f"line {found[1]}, column {found[2]}" if found else ""
    rest = message[found.end() :] if found else message
    return SyntaxRefusal(_shortened(rest), where=where, remedy="correct the query there")


def _shortened(message: str) -> str:
    """The engine's message without the long list of characters that it could have taken as well."""
    return message if len(message) <= 240 else message[:240].rsplit(",", 1)[0] + ", ..."
