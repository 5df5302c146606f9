"""Addresses: from the IRI of a thing to its document and back.

A thing `<base>id/{type}/{key}` has the document `doc/{type}/{key}`; terms, codes, graphs and datasets
(`<base>def/...`, `code/...`, `graph/...`, `dataset/...`) have `doc/def/...` and so on, which is why those
four are no types of things. An IRI that ends with a slash, such as the ontology's `<base>def/`, has
`doc/def/index`.
Keys have one spelling: Unicode NFC, all but RFC 3987 iunreserved characters percent-encoded.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol
from urllib.parse import quote, unquote

from kamara.sparql.terms import iri_safe

ROOMS = ("def", "code", "graph", "dataset")
_INDEX = "index"
_NAME_BYTES = 240
_PLAIN = re.compile(r"[A-Za-z0-9._~-]+\Z")


class Links(Protocol):
    """Where a document is found from the site's root."""

    def href(self, iri: str, suffix: str) -> str | None:
        """The address, relative to the root, of one representation of a thing's document.

        None for a thing that is not ours.
        """


@dataclass(frozen=True)
class Addresses:
    """The addresses under one base IRI, as a running server has them."""

    base_iri: str

    def thing(self, document: str) -> str | None:
        """The IRI of the thing that `doc/{document}` describes; None when there can be none.

        `document` is as it came over the wire: in any percent-encoding of UTF-8, composed or not.
        """
        segments = canonical(document)
        if segments is None or len(segments) < 2:
            return None
        if segments[0] not in ROOMS:
            return self.base_iri + "/".join(["id", *segments])
        if segments[-1] == _INDEX:
            segments[-1] = ""
        return self.base_iri + "/".join(segments)

    def redirect(self, room: str, rest: str) -> str | None:
        """The path of the document of what is at `{room}/{rest}` (as on the wire); None when none can be."""
        segments = canonical(rest) if rest else [""]
        if segments is None or (room == "id" and (segments[0] in ROOMS or not segments[-1])):
            return None
        return self.document(self.base_iri + "/".join([room, *segments]))

    def document(self, iri: str) -> str | None:
        """The path of the thing's document, without a suffix and not yet percent-encoded for the wire."""
        room, slash, rest = iri.removeprefix(self.base_iri).partition("/")
        if not iri.startswith(self.base_iri) or not slash or set(rest) & {"?", "#"}:
            return None
        if room == "id":
            return f"doc/{rest}" if rest.count("/") and rest.split("/")[0] not in ROOMS else None
        if room not in ROOMS:
            return None
        return f"doc/{room}/{rest}{_INDEX}" if not rest or rest.endswith("/") else f"doc/{room}/{rest}"

    def dataset(self, graph: str) -> str | None:
        """The IRI of the dataset that a graph holds."""
        space = self.base_iri + "graph/"
        return f"{self.base_iri}dataset/{graph.removeprefix(space)}" if graph.startswith(space) else None

    def href(self, iri: str, suffix: str) -> str | None:
        """See `Links`."""
        document = self.document(iri)
        return None if document is None else on_the_wire(document) + suffix


@dataclass(frozen=True)
class FileAddresses:
    """The addresses of the static site: each document is a file.

    Folders and files are named like the parts of the thing's IRI with their percent-encoding undone, except
    of characters that no file name may hold (`/`, `\\`, control characters) and of `%` itself, which stay
    encoded. A part that is `.` or `..` is written with `%2E`; one of over 240 bytes keeps its first 200 and
    ends with `~` and 32 hexadecimal digits of its SHA-256.
    """

    addresses: Addresses

    def path(self, iri: str) -> str | None:
        """The path of the thing's document from the site's root, without a suffix."""
        document = self.addresses.document(iri)
        return None if document is None else "/".join(file_name(part) for part in document.split("/"))

    def href(self, iri: str, suffix: str) -> str | None:
        """See `Links`."""
        path = self.path(iri)
        return None if path is None else quote(path, safe="/~") + suffix


def canonical(path: str) -> list[str] | None:
    """The segments of a path in their one spelling; None when its bytes are not UTF-8."""
    try:
        texts = [unquote(segment, errors="strict") for segment in path.split("/")]
    except UnicodeDecodeError:
        return None
    return [iri_safe(unicodedata.normalize("NFC", text)) for text in texts]


def on_the_wire(path: str) -> str:
    """Percent-encode what a URI may not hold; what is encoded stays so (RFC 3987 section 3.1)."""
    return quote(path, safe="/%~:@!$&'()*+,;=")


def file_name(segment: str) -> str:
    """The name of the file or folder for one segment of an IRI; see FileAddresses."""
    name = segment if _PLAIN.match(segment) else _safe(segment)
    if name in {".", ".."}:
        return name.replace(".", "%2E")
    content = name.encode()
    if len(content) <= _NAME_BYTES:
        return name
    return f"{content[:200].decode(errors='ignore')}~{sha256(segment.encode()).hexdigest()[:32]}"


def _safe(segment: str) -> str:
    try:
        text = unquote(segment, errors="strict")
    except UnicodeDecodeError:
        text = segment
    return "".join(
        char if char.isprintable() and char not in "/\\%" else quote(char, safe="") for char in text
    )
