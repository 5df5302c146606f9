"""Answers that are broken off on purpose.

ASGI has no message for it: uvicorn aborts what ends too soon, but takes it for a fault and logs an error.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_LOG = logging.getLogger("kamara.api")
_UVICORN = logging.getLogger("uvicorn.error")
_ITS_WORDS = "ASGI callable returned without completing response."

_TOLD: ContextVar[bool] = ContextVar("told", default=False)


def tell(error: Exception) -> None:
    """Log, in one line, that the answer to the request of this task is not completed."""
    _LOG.warning("an answer was broken off: %s", error)
    _TOLD.set(True)


@contextmanager
def told_once() -> Iterator[None]:
    """While the context lasts, uvicorn does not log what `tell` has told of the same request."""
    _UVICORN.addFilter(_is_news)
    try:
        yield
    finally:
        _UVICORN.removeFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    return record.msg != _ITS_WORDS or not _TOLD.get()
