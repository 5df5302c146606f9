"""Entity tags of query answers (RFC 9110, section 8.8.3)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import kamara
from kamara.config import Settings
from kamara.sparql.formats import Format
from kamara.sparql.guard import Inspected
from kamara.sparql.versions import Version

# Their answer differs from one moment to the next.
_FICKLE = ("NOW", "RAND", "UUID", "STRUUID")


def query_tag(
    settings: Settings, version: Version, query: Inspected, chosen: Format, parts: Sequence[str]
) -> str | None:
    """The entity tag of a query's answer in a format; None when it differs from one moment to the next.

    `parts` is what else the answer depends on. The tag is weak: rows may come in another order.
    """
    return None if is_fickle(query) else text_tag(settings, version, query.text, chosen, parts)


def text_tag(settings: Settings, version: Version, text: str, chosen: Format, parts: Sequence[str]) -> str:
    """The same for the text of a query of which it is known that its answer stays."""
    all_parts = (
        kamara.__version__,
        str(version.sequence),
        version.created,
        settings.default_graph,
        chosen.name,
        *parts,
        text,
    )
    digest = blake2b("\0".join(all_parts).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return f'W/"{version.number}-{digest}"'


def is_fickle(query: Inspected) -> bool:
    """Whether its answer differs from one moment to the next; what SERVICE answers is not ours to know.

    The engine needs no space between words, so one of them may be glued to another.
    """
    words = (token.text for token in query.tokens if token.kind == "word")
    return bool(query.services) or (_hints(query.text) and any(map(_hints, words)))


def _hints(text: str) -> bool:
    capitals = text.upper()
    return any(word in capitals for word in _FICKLE)
