"""Notes of queries, written into the query log."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self

from kamara.api.seen.clerknotes import Done
from kamara.api.seen.note import Note
from kamara.api.seen.querylog import Entry, QueryLog
from kamara.api.seen.shapes import Shapes
from kamara.config import Settings
from kamara.sparql.layout import Layout

_TEXT_CHARS = 2000


class Sent(Protocol):
    """What was sent as an answer."""

    status: int
    bytes: int
    whole: bool

    @property
    def seconds(self) -> float:
        """Since the request came."""


def scribe_of(settings: Settings, terms: Container[str]) -> Scribe | None:
    """What writes queries down as the settings want it; None where nothing is, or no data folder.

    `terms`: the IRIs that may stand in a shape.
    """
    if not settings.query_log.max_mb or not settings.data_dir.is_dir():
        return None
    log = QueryLog(Layout(settings.data_dir).queries, settings.query_log.max_mb)
    return (TextScribe if settings.query_log.texts else Scribe)(log, Shapes(terms))


class Scribe:
    """Writes notes down, from entry to exit of its context: shapes as digests."""

    def __init__(self, log: QueryLog, shapes: Shapes) -> None:
        self._log = log
        self._shapes = shapes

    def __enter__(self) -> Self:
        self._log.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._log.close()

    def write(self, note: Note, sent: Sent, ended: datetime) -> None:
        """Write down a request whose answer ended at this moment (UTC)."""
        text, name = (None, None) if note.query is None else self._shapes.find(note.query)
        answer = note.answer
        self._log.add(
            Entry(
                time=_written(ended),
                status=sent.status,
                total=round(sent.seconds, 4),
                bytes=sent.bytes,
                whole=sent.whole,
                shape=name,
                text=self._text(text),
                name=note.name or None,
                form=None if note.query is None else note.query.form,
                format=note.format or None,
                lane=None if answer is None else answer.lane,
                seconds=None if answer is None else round(answer.seconds, 4),
                rows=None if answer is None else answer.rows,
                version=None if answer is None else answer.version.number,
                problem=note.problem or None,
            )
        )

    def write_done(self, done: Iterable[Done], ended: datetime) -> None:
        """Write down what clerks answered lately."""
        time = _written(ended)
        for one in done:
            text, name = self._shapes.known(bytes.fromhex(one.shape))
            seconds = round(one.seconds, 4)
            self._log.add(
                Entry(
                    time=time,
                    status=200,
                    total=seconds,
                    bytes=one.bytes,
                    whole=True,
                    shape=name,
                    text=self._text(text),
                    form=one.form,
                    format=one.format,
                    lane="quick",
                    seconds=seconds,
                    rows=one.rows,
                    version=one.version,
                )
            )

    def _text(self, shape: str | None) -> str | None:
        """What the log says of a query's text."""
        return None


class TextScribe(Scribe):
    """Writes notes down: shapes as digests and in full, at most 2,000 characters of each."""

    def _text(self, shape: str | None) -> str | None:
        return None if shape is None else shape[:_TEXT_CHARS]


def _written(moment: datetime) -> str:
    return f"{moment.isoformat(timespec='seconds')[:19]}Z"
