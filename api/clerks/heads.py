"""The header lines of a clerk's answers.

They are those that the process that serves would write: each kind is made by it once, with marks where
answers differ, and filled in for each answer.
"""

from __future__ import annotations

from typing import NamedTuple

from kamara.api.gateway.conditions import tag_in
from kamara.api.gateway.encodings import Coding
from kamara.api.gateway.held import Held
from kamara.api.gateway.queryhead import query_head
from kamara.sparql.formats import Format
from kamara.sparql.pool.observer import LaneName
from kamara.sparql.versions import Version

_MARKS = {
    b"etag": b"%(tag)b",
    b"content-length": b"%(length)d",
    b"kamara-rows": b"%(rows)d",
    b"kamara-seconds": b"%(seconds).4f",
}


class Figures(NamedTuple):
    """What an answer took."""

    rows: int | None
    seconds: float
    lane: LaneName = "quick"
    whole: bytes | None = b""


class AnswerHeads:
    """Writes the header lines of answers of one version."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._kinds: dict[tuple[str, Coding], bytes] = {}

    def write(self, chosen: Format, coding: Coding, tag: str, length: int, figures: Figures) -> bytes:
        """The lines for a body in this format and coding, but the empty one. `tag`: that before coding."""
        kind = self._kinds.get((chosen.name, coding))
        if kind is None:
            kind = self._kinds[chosen.name, coding] = self._kind(chosen, coding)
        return kind % {
            b"tag": tag_in(tag, coding).encode("latin-1"),
            b"length": length,
            b"rows": figures.rows,
            b"seconds": figures.seconds,
        }

    def _kind(self, chosen: Format, coding: Coding) -> bytes:
        head = query_head(chosen, self._version, '"tag"', Figures(1, 0.0))
        packed = Held(head.status, head.headers, head.tag, b"").packed(coding, b"")
        lines = ((name, _MARKS.get(name, value.replace(b"%", b"%%"))) for name, value in packed.headers)
        return b"".join(b"%b: %b\r\n" % line for line in lines)
