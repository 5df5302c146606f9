"""What generated code calls for values that are not plain."""

from __future__ import annotations

import re
from itertools import count
from urllib.parse import quote

import pyoxigraph as ox

from kamara.loaders.errors import RecordError
from kamara.loaders.rml.terms import is_language
from kamara.sparql.terms import is_iri

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_FORBIDDEN = re.compile(r'[\x00-\x20<>"{}|^`\\]')
_UNSAFE_LABEL = re.compile(r"[^A-Za-z0-9]")


def absolute_iri(text: str, base_iri: str) -> str:
    """`text` when it is an absolute IRI, else after `base_iri` (R2RML, section 7.3: prepended, not resolved).

    Raises RecordError when neither is an IRI that RDF can hold.
    """
    for candidate in (text, base_iri + text):
        if is_iri(candidate) and _parses(candidate):
            return candidate
    raise RecordError(
        f"{text} is not an IRI",
        found=text,
        expected="an IRI without spaces and brackets",
        expected_el="IRI χωρίς κενά και αγκύλες",
    )


def _parses(iri: str) -> bool:
    try:
        ox.NamedNode(iri)
    except ValueError:
        return False
    return True


def absolute_uri(text: str, base_iri: str) -> str:
    """As `absolute_iri`, in ASCII only (RFC 3986)."""
    if not text.isascii():
        raise RecordError(
            f"{text} is not a URI",
            found=text,
            expected="a URI in ASCII",
            expected_el="URI με χαρακτήρες ASCII",
        )
    return absolute_iri(text, base_iri)


def unsafe_iri(text: str, base_iri: str) -> str:
    """`text`, after `base_iri` when it has no scheme, whatever it holds (RML-Core, unsafe IRIs).

    What N-Triples cannot hold is escaped there; who reads it may still refuse the IRI.
    """
    whole = text if _SCHEME.match(text) else base_iri + text
    return _FORBIDDEN.sub(lambda match: f"\\u{ord(match.group()):04X}", whole)


def uri_safe(text: str) -> str:
    """Percent-encode all but the unreserved characters of RFC 3986, section 2.3."""
    return quote(text, safe="")


def label(text: str) -> str:
    """A blank node label that only `text` gives."""
    return "b" + _UNSAFE_LABEL.sub(lambda match: f"_{ord(match.group()):x}_", text)


def language_tag(text: str) -> str:
    """`text`, when it is a language tag. Raises RecordError when it is not."""
    if not is_language(text):
        raise RecordError(
            f"{text} is not a language tag",
            found=text,
            expected="a language tag such as el or en",
            expected_el="ετικέτα γλώσσας όπως el ή en",
        )
    return text


class Labels:
    """Blank node labels that no value gives: each is new."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def next(self) -> str:
        """A label that was not given before, and that `label` never gives."""
        return f"new{next(self._numbers)}"
