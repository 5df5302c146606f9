"""The formats of query results: one table for the protocol, the command line and downloads.

Tables (SELECT, ASK): SPARQL 1.1 Query Results JSON, XML, CSV and TSV. CSV and TSV of an ASK are the one word
`true` or `false`, as other servers answer. SELECT alone: Apache Parquet, its columns typed
(`kamara.sparql.parquet`). Graphs (CONSTRUCT, DESCRIBE): Turtle, N-Triples, RDF/XML, JSON-LD.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pyoxigraph import QueryResultsFormat, RdfFormat

from kamara.errors import KamaraError

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]
Kind = Literal["table", "columns", "graph"]


@dataclass(frozen=True)
class Format:
    """One format: its short name is also its file suffix, `aliases` are other media types that ask for it.

    `names` are what clients call it besides: SPARQLWrapper sends its own word as `format=` with every query.
    `prefixed`: IRIs are written in it with prefixes.
    """

    name: str
    media_type: str
    kind: Kind
    title: str
    iri: str
    aliases: tuple[str, ...] = ()
    charset: str = ""
    names: tuple[str, ...] = ()
    prefixed: bool = False

    @property
    def content_type(self) -> str:
        """The value of Content-Type."""
        return f"{self.media_type}; charset={self.charset}" if self.charset else self.media_type

    @property
    def suffix(self) -> str:
        """The file suffix, with its dot."""
        return f".{self.name}"


_W3C = "http://www.w3.org/ns/formats/"
PARQUET = Format(
    "parquet",
    "application/vnd.apache.parquet",
    "columns",
    "Parquet",
    "https://www.iana.org/assignments/media-types/application/vnd.apache.parquet",
)

FORMATS = (
    Format(
        "json",
        "application/sparql-results+json",
        "table",
        "JSON",
        _W3C + "SPARQL_Results_JSON",
        ("application/json",),
    ),
    Format(
        "xml",
        "application/sparql-results+xml",
        "table",
        "XML",
        _W3C + "SPARQL_Results_XML",
        ("application/xml", "text/xml"),
    ),
    Format("csv", "text/csv", "table", "CSV", _W3C + "SPARQL_Results_CSV", charset="utf-8"),
    Format("tsv", "text/tab-separated-values", "table", "TSV", _W3C + "SPARQL_Results_TSV", charset="utf-8"),
    PARQUET,
    Format(
        "ttl",
        "text/turtle",
        "graph",
        "Turtle",
        _W3C + "Turtle",
        ("application/x-turtle",),
        "utf-8",
        ("turtle", "n3"),
        prefixed=True,
    ),
    Format(
        "nt",
        "application/n-triples",
        "graph",
        "N-Triples",
        _W3C + "N-Triples",
        ("text/plain",),
        names=("ntriples",),
    ),
    Format(
        "rdf",
        "application/rdf+xml",
        "graph",
        "RDF/XML",
        _W3C + "RDF_XML",
        ("application/xml", "text/xml"),
        names=("xml", "rdf+xml"),
        prefixed=True,
    ),
    Format(
        "jsonld",
        "application/ld+json",
        "graph",
        "JSON-LD",
        _W3C + "JSON-LD",
        ("application/json",),
        names=("json-ld", "json"),
    ),
)


_KINDS: Mapping[Form, tuple[Kind, ...]] = {
    "SELECT": ("table", "columns"),
    "ASK": ("table",),
    "CONSTRUCT": ("graph",),
    "DESCRIBE": ("graph",),
}


def formats_of(form: Form) -> tuple[Format, ...]:
    """The formats that can hold the answer to a query of this form, the preferred one first."""
    return tuple(item for item in FORMATS if item.kind in _KINDS[form])


def offers(form: Form) -> Mapping[str, Format]:
    """Every media type that asks for an answer to this form, the preferred ones first."""
    formats = formats_of(form)
    return {item.media_type: item for item in formats} | {
        alias: item for item in formats for alias in item.aliases
    }


def named(name: str, form: Form) -> Format:
    """The format of this name or media type. Raises KamaraError when it does not fit the form."""
    wanted = name.lower()
    for item in formats_of(form):
        if wanted in (item.name, item.media_type, *item.names, *item.aliases):
            return item
    known = ", ".join(item.name for item in formats_of(form))
    raise KamaraError(f"{form} cannot be answered as `{name[:40]}`", remedy=f"choose one of {known}")


@lru_cache(maxsize=64)
def engine_format(media_type: str) -> QueryResultsFormat | RdfFormat:
    """The engine's own format of this media type; every one but Parquet's is."""
    found = QueryResultsFormat.from_media_type(media_type) or RdfFormat.from_media_type(media_type)
    assert found is not None
    return found
