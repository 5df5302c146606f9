"""Names in addresses: slugs as keys, and IRIs that a source writes carelessly."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from kamara.loaders.errors import RecordError
from kamara.loaders.rml.runtime import absolute_iri

_WORD = re.compile(r"[^\W_]+")
# What no IRI may hold (RFC 3987, section 2.2), and a % that begins no escape.
_DIRTY = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f-\xa0]|%(?![0-9A-Fa-f]{2})')


def slug(text: str) -> str:
    """The words of a text, in small letters, joined with hyphens; Greek letters and their accents stay.

    Raises RecordError when there is no word.
    """
    words = _WORD.findall(unicodedata.normalize("NFC", text).lower())
    if not words:
        raise RecordError(
            f"{text!r} has no word",
            found=text,
            expected="at least one letter",
            expected_el="τουλάχιστον ένα γράμμα",
        )
    return "-".join(words)


def safe_iri(text: str) -> str:
    """An IRI whose spaces, quotes and the like are percent-encoded; those around it are cut.

    Raises RecordError when it is none even so: relative, or with an impossible host.
    """
    whole = _DIRTY.sub(lambda match: quote(match.group(), safe=""), text.strip())
    return absolute_iri(whole, "")
