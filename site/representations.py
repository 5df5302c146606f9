"""The representations of a document: suffix, media type and name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pyoxigraph import RdfFormat

from kamara.site.texts import Language


@dataclass(frozen=True)
class RdfRepresentation:
    """A document as RDF."""

    suffix: str
    media_type: str
    name: str
    format: RdfFormat

    @property
    def content_type(self) -> str:
        """The value of Content-Type; Turtle alone has a charset (RDF 1.1 Turtle, appendix C)."""
        return f"{self.media_type}; charset=utf-8" if self.media_type == "text/turtle" else self.media_type


@dataclass(frozen=True)
class HtmlRepresentation:
    """A document as a page in one language."""

    suffix: str
    language: Language
    media_type: Literal["text/html"] = "text/html"


TURTLE = RdfRepresentation(".ttl", "text/turtle", "Turtle", RdfFormat.TURTLE)
JSON_LD = RdfRepresentation(".jsonld", "application/ld+json", "JSON-LD", RdfFormat.JSON_LD)
N_TRIPLES = RdfRepresentation(".nt", "application/n-triples", "N-Triples", RdfFormat.N_TRIPLES)
RDF_XML = RdfRepresentation(".rdf", "application/rdf+xml", "RDF/XML", RdfFormat.RDF_XML)
RDF = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)

HTML = (HtmlRepresentation(".el.html", "el"), HtmlRepresentation(".en.html", "en"))

Representation = RdfRepresentation | HtmlRepresentation


def cut_suffix(path: str) -> tuple[str, Representation | None]:
    """Split the address of a document from the suffix that names one representation.

    Exactly the suffixes of this module are cut; keys may hold dots.
    """
    for representation in (*RDF, *HTML):
        if path.endswith(representation.suffix):
            return path.removesuffix(representation.suffix), representation
    return path, None
