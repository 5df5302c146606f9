"""The headers of a query's answer."""

from __future__ import annotations

from typing import Protocol

from kamara.api.gateway import crossorigin
from kamara.api.gateway.encodings import is_compressible
from kamara.api.gateway.head import Head
from kamara.api.gateway.held import Header
from kamara.api.indexing import NOT_INDEXED
from kamara.api.seen.note import Measured
from kamara.sparql.formats import Format
from kamara.sparql.versions import Version

_VARY: Header = (b"vary", b"Accept, Accept-Encoding, Prefer")
_ROBOTS: Header = (b"x-robots-tag", NOT_INDEXED["X-Robots-Tag"].encode())


class Told(Measured, Protocol):
    """An answer, as far as its headers tell of it."""

    @property
    def whole(self) -> bytes | None:
        """The whole body, when it is there."""


def query_head(chosen: Format, version: Version, tag: str | None, found: Told | None) -> Head:
    """Status and headers of an answer; without the answer, those of a 304."""
    headers: list[Header] = [
        _VARY,
        _ROBOTS,
        (b"cache-control", b"no-store" if tag is None else b"no-cache"),
        (b"kamara-version", b"%d" % version.number),
        *crossorigin.HEADERS,
    ]
    length = None
    if found is not None:
        headers.append((b"content-type", chosen.content_type.encode()))
        headers += ((name.lower().encode(), value.encode()) for name, value in figures(found).items())
        length = None if found.whole is None else len(found.whole)
    packs = is_compressible(chosen.media_type)
    return Head(200, headers, tag, length, is_open=True, is_compressible=packs)


def figures(answer: Measured) -> dict[str, str]:
    """Headers that say what an answer took. Its rows are known when it is whole."""
    told = {"Kamara-Seconds": f"{answer.seconds:.4f}", "Kamara-Lane": answer.lane}
    return told if answer.rows is None else {**told, "Kamara-Rows": str(answer.rows)}
