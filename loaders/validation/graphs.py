"""RDF text to rdflib graphs with every lexical form kept as written.

rdflib's own parsers rewrite literals ("01" becomes "1") and report errors over several lines; pyoxigraph does
neither, so it parses and rdflib only holds the triples.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import pyoxigraph as ox
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.term import IdentifiedNode, Node

Term = ox.NamedNode | ox.BlankNode | ox.Literal


@contextmanager
def quiet() -> Iterator[None]:
    """Keep rdflib and pySHACL from logging stack traces about ill-typed literals: we look for those."""
    loggers = [logging.getLogger(name) for name in ("rdflib.term", "pyshacl-validate")]
    before = [logger.disabled for logger in loggers]
    for logger in loggers:
        logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Parsing weird boolean", UserWarning)
            yield
    finally:
        for logger, disabled in zip(loggers, before, strict=True):
            logger.disabled = disabled


def to_rdflib(term: object) -> Node:
    """A pyoxigraph term as an rdflib term, its lexical form untouched."""
    if isinstance(term, ox.NamedNode):
        return URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return BNode(term.value)
    assert isinstance(term, ox.Literal)
    if term.language:
        return Literal(term.value, lang=term.language, normalize=False)
    datatype = None if term.datatype.value == XSD_STRING else URIRef(term.datatype.value)
    return Literal(term.value, datatype=datatype, normalize=False)


def from_rdflib(term: Node) -> Term:
    """An rdflib term as a pyoxigraph term."""
    if isinstance(term, URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, BNode):
        return ox.BlankNode(str(term))
    assert isinstance(term, Literal)
    if term.language:
        return ox.Literal(str(term), language=term.language)
    return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype or XSD_STRING)))


def to_graph(triples: Iterator[ox.Triple] | Iterator[ox.Quad]) -> Graph:
    """An rdflib graph of `triples`; named graphs are merged."""
    graph = Graph(bind_namespaces="none")
    with quiet():
        for triple in triples:
            subject = cast(IdentifiedNode, to_rdflib(triple.subject))
            graph.add((subject, URIRef(triple.predicate.value), to_rdflib(triple.object)))
    return graph


def parse_term(text: str) -> Term:
    """The term that `text` writes in N-Triples syntax."""
    triple = next(iter(ox.parse(f"<x:s> <x:p> {text} .", format=ox.RdfFormat.N_TRIPLES)))
    return cast(Term, triple.object)


XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
