"""Addresses: from the IRI of a thing to its document and back.

A thing `<base>id/{type}/{key}` has the document `doc/{type}/{key}`; terms, codes, graphs and datasets
(`<base>def/...`, `code/...`, `graph/...`, `dataset/...`) have `doc/def/...` and so on, which is why those
four are no types of things. An IRI that ends with a slash, such as the ontology's `<base>def/`, has
`doc/def/index`.
The IRI in the store is the thing's name. RFC 3986 lets a key hold `:` or `%3A` and keeps the two apart
(section 2.2), so a path may mean several IRIs: see `spellings`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol
from urllib.parse import quote, unquote

from kamara.sparql.terms import iri_safe

ROOMS = ("def", "code", "graph", "dataset")
_INDEX = "index"
_NAME_BYTES = 240
# What a segment may hold beside unreserved characters (RFC 3986 section 3.3, `pchar`).
_DELIMITERS = ":@!$&'()*+,;="
_NOT_DELIMITERS = re.compile(f"[^{_DELIMITERS}]+")
_SLASH = re.compile("%2F", re.IGNORECASE)
_ENCODED = re.compile(r"((?:%[0-9A-Fa-f]{2})+)")
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

    def things(self, document: str) -> tuple[str, ...]:
        """The IRIs that `doc/{document}` may mean, the likeliest first; none when it can mean no thing.

        `document` is as it came over the wire: in any percent-encoding, composed or not.
        """
        found = (iri for segments in spellings(document) for iri in self._described(segments))
        return tuple(dict.fromkeys(found))

    def named(self, room: str, rest: str) -> tuple[str, ...]:
        """The IRIs that `{room}/{rest}` itself, as on the wire, may be; see `things`."""
        document = rest if room == "id" else f"{room}/{rest}"
        if room != "id" and document.endswith("/"):
            document += _INDEX
        return tuple(iri for iri in self.things(document) if iri.startswith(f"{self.base_iri}{room}/"))

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

    def _described(self, segments: list[str]) -> Iterator[str]:
        *before, last = segments
        if not before:
            return
        if before[0] not in ROOMS:
            yield self.base_iri + "/".join(["id", *segments])
            return
        if last == _INDEX:
            yield self.base_iri + "/".join([*before, ""])
        yield self.base_iri + "/".join(segments)

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

    def name(self, iri: str) -> str:
        """The path of the page at the thing's own address, from the site's root, without a suffix.

        A server of files decodes an address before it looks for the file: an encoded slash parts folders.
        """
        rest = _SLASH.sub("/", iri.removeprefix(self.addresses.base_iri))
        folder = "/".join(file_name(part) for part in rest.split("/"))
        return folder if folder.endswith(f"/{_INDEX}") else f"{folder.removesuffix('/')}/{_INDEX}"

    def href(self, iri: str, suffix: str) -> str | None:
        """See `Links`."""
        path = self.path(iri)
        return None if path is None else quote(path, safe="/~") + suffix


def spellings(path: str) -> Iterator[list[str]]:
    """The segments of a path as the store may spell them, the likeliest first; some may be the same.

    As it was sent, as an IRI (RFC 3987 section 3.2: of what is percent-encoded, iunreserved characters are
    undone); as mappings spell values, NFC and all but iunreserved encoded; with everything plain that a
    segment may hold so (`pchar`, RFC 3986 section 3.3); and to the letter. Only the last can be when what is
    encoded is not UTF-8.
    """
    sent = path.split("/")
    try:
        texts = [unicodedata.normalize("NFC", unquote(segment, errors="strict")) for segment in sent]
    except UnicodeDecodeError:
        pass
    else:
        yield [_spelled(segment, lambda encoded: iri_safe(unquote(encoded))) for segment in sent]
        yield [iri_safe(text) for text in texts]
        yield [_pchar_safe(text) for text in texts]
    yield [_spelled(segment, lambda encoded: encoded) for segment in sent]


def _spelled(segment: str, respell: Callable[[str], str]) -> str:
    parts = _ENCODED.split(segment)
    return "".join(respell(part) if at % 2 else _pchar_safe(part) for at, part in enumerate(parts))


def _pchar_safe(text: str) -> str:
    return _NOT_DELIMITERS.sub(lambda match: iri_safe(match.group()), text)


def on_the_wire(path: str) -> str:
    """Percent-encode what a URI may not hold; what is encoded stays so (RFC 3987 section 3.1)."""
    return quote(path, safe=f"/%~{_DELIMITERS}")


def beside(path: str) -> str:
    """The relative reference to a neighbour: a colon in it would end a scheme (RFC 3986 section 4.2)."""
    return f"./{path}" if ":" in path else path


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
