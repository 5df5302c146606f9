"""RDF terms as N-Triples text (RDF 1.1 N-Triples, section 2)."""

from __future__ import annotations

import re
from urllib.parse import quote

XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_NEEDS_ESCAPE = re.compile(r'["\\\x00-\x1f\x7f]')
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*\Z")

# RFC 3987 iunreserved: these stand for themselves in a key; all else is percent-encoded.
# The last two code points of each plane are no characters, and no IRI may hold them.
_UCSCHAR = "\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U000e1000-\U000efffd" + "".join(
    f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 0xE)
)
_UNSAFE_KEY = re.compile(f"[^A-Za-z0-9._~\\-{_UCSCHAR}]")


def _escape_char(match: re.Match[str]) -> str:
    char = match.group()
    return _ESCAPES.get(char) or f"\\u{ord(char):04X}"


def escape(text: str) -> str:
    """Escape `text` for the inside of a quoted N-Triples literal."""
    return _NEEDS_ESCAPE.sub(_escape_char, text)


def literal(text: str, *, datatype: str | None = None, language: str | None = None) -> str:
    """A literal as N-Triples text; `datatype` is an IRI, `language` a BCP 47 tag."""
    if language:
        return f'"{escape(text)}"@{language}'
    if datatype and datatype != XSD + "string":
        return f'"{escape(text)}"^^<{datatype}>'
    return f'"{escape(text)}"'


def is_iri(text: str) -> bool:
    """Whether `text` is an absolute IRI that N-Triples can hold (RFC 3987, without range checks)."""
    return _IRI.match(text) is not None


def iri_safe(text: str) -> str:
    """Percent-encode all but iunreserved characters (RFC 3987 section 2.2): Greek letters stay."""
    return _UNSAFE_KEY.sub(lambda match: quote(match.group(), safe=""), text)


def key_part(text: str) -> str:
    """One part of a natural key: IRI-safe, and free of the `~` that joins parts."""
    return iri_safe(text).replace("~", "%7E")
