"""What an editor sends, as lines: each triple in the one spelling that the store gives it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pyoxigraph as ox

from kamara.loaders.errors import PayloadError

FORMATS: Mapping[str, ox.RdfFormat] = MappingProxyType(
    {
        "text/turtle": ox.RdfFormat.TURTLE,
        "application/n-triples": ox.RdfFormat.N_TRIPLES,
        "application/ld+json": ox.RdfFormat.JSON_LD,
        "application/rdf+xml": ox.RdfFormat.RDF_XML,
    }
)


def read_payload(body: bytes, media_type: str, graph: str) -> tuple[str, ...]:
    """The triples of a body of one of FORMATS as sorted lines; relative IRIs are resolved against `graph`.

    Raises PayloadError with the place of what is wrong.
    """
    form = FORMATS[media_type]
    return canonical(parsed(body, form, graph), form.name)


def parsed(body: bytes | str, form: ox.RdfFormat, base_iri: str) -> list[ox.Quad]:
    """The quads of `body`. Raises PayloadError with the place of what is wrong."""
    try:
        return list(ox.parse(body, form, base_iri=base_iri))
    except SyntaxError as error:
        where = f"line {error.lineno}" if error.lineno else ""
        message = " ".join(str(error.msg).split())[:240]
        raise PayloadError(f"not {form.name}: {message}", where=where, remedy="correct it there") from error


def canonical(quads: Iterable[ox.Quad], named: str) -> tuple[str, ...]:
    """The triples of the default graph of `quads` as sorted lines, in the spelling of the store.

    The store keeps a number's value, not its spelling. Raises PayloadError for what no line of a dataset can
    hold.
    """
    store = ox.Store()
    store.extend(quads)
    return tuple(sorted(_line(quad, named) for quad in store))


def _line(quad: ox.Quad, named: str) -> str:
    if not isinstance(quad.graph_name, ox.DefaultGraph):
        raise PayloadError(
            f"holds a graph of its own, {quad.graph_name}",
            where=named,
            remedy="send triples only; the address says into which graph they go",
        )
    if isinstance(quad.object, ox.Triple):
        raise PayloadError(
            f"holds a statement about a statement, {str(quad.object)[:200]}",
            where=named,
            remedy="describe the statement as a thing with an address of its own",
        )
    return f"{quad.triple} .\n"
