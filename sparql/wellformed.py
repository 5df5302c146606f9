"""Whether the engine's XML is XML: it writes some answers that no parser takes.

pyoxigraph 0.5.13 was seen to write

- `<oxprefix: ...>` for a predicate that does not end in an XML name (`urn:p:1`, `http://x/`), `<xmlns:p>` for
  one in the namespace of xmlns, and `<rdf:bagID>` for names that RDF/XML took back;
- characters that XML 1.0 cannot hold (U+0001, U+FFFE), in RDF/XML and in SPARQL Query Results XML.
"""

from __future__ import annotations

import re

_KEPT = 64
# In text the engine writes every `<` as `&lt;`, and an IRI holds none: what looks like a tag is one.
_BROKEN = re.compile(
    rb"(?P<character>[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf])"
    rb"|(?P<predicate><[^<>\s/:]{0,40}:[\s/>]|<xmlns:|<rdf:(?:bagID|aboutEach|aboutEachPrefix)[\s/>])"
)
_REASONS = {
    "character": "the answer holds a character that XML cannot hold",
    "predicate": "the answer holds a predicate whose IRI does not end in a name of XML",
}


class MalformedError(Exception):
    """The bytes are not well-formed; the message says why."""


class XmlWatch:
    """Reads an XML answer as it passes, piece by piece."""

    def __init__(self) -> None:
        self._before = b""

    def feed(self, piece: bytes) -> None:
        """Look at the next piece. Raises MalformedError: then it must not be sent."""
        found = _BROKEN.search(self._before + piece)
        if found is not None:
            raise MalformedError(_REASONS[found.lastgroup or "character"])
        self._before = piece[-_KEPT:] if len(piece) >= _KEPT else (self._before + piece)[-_KEPT:]
