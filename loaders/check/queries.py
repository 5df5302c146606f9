"""The queries: they parse, say their question in Greek and English, and use known terms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from kamara.config import QuerySettings
from kamara.errors import KamaraError
from kamara.loaders.check.findings import Finding, from_error
from kamara.loaders.check.material import Material
from kamara.loaders.check.names import Name, names
from kamara.resources import read_text
from kamara.sparql.errors import QueryError
from kamara.sparql.guard import inspect
from kamara.sparql.lexer import tokens
from kamara.sparql.queries import read_query

_PLACE = re.compile(r"error at (\d+):\d+: ")
_RULE_VARIABLES = {"focus", "el", "en"}


def check_queries(material: Material) -> Iterator[Finding]:
    """All findings about *.rq."""
    for path in material.query_paths:
        text = read_text(path, material.base_iri)
        # Each step needs the one before: the engine would not survive what the guard refuses.
        yield from (
            [*_refused(path, text)]
            or [*_unparsable(path, text)]
            or [*_unlike_its_kind(path, text, material), *_unknown(path, text, material)]
        )


def _refused(path: Path, text: str) -> Iterator[Finding]:
    try:
        inspect(text, QuerySettings())
    except KamaraError as error:
        yield from_error(error, path)


def _unparsable(path: Path, text: str) -> Iterator[Finding]:
    try:
        ox.Store().query(text)
    except SyntaxError as error:
        place = _PLACE.search(str(error.msg))
        line = f"line {place[1]}" if place else ""
        yield Finding(str(path), line, f"not SPARQL: {_PLACE.sub('', str(error.msg))}", "correct the query")


def _unlike_its_kind(path: Path, text: str, material: Material) -> Iterator[Finding]:
    """A saved query has a header, and a rule has certain variables."""
    if path.is_relative_to(material.resources.queries):
        yield from _bad_header(path, text, material.base_iri)
    elif path.parent == material.resources.rules:
        yield from _not_a_rule(path, ox.Store().query(text))


def _bad_header(path: Path, text: str, base_iri: str) -> Iterator[Finding]:
    try:
        query = read_query(path, base_iri)
    except QueryError as error:
        yield from_error(error, path)
        return
    variables = {token.text[1:] for token in tokens(text) if token.kind == "variable"}
    for name in sorted(set(query.parameters) - variables):
        yield Finding(str(path), "", f"the parameter {name} stands nowhere in the query", f"use ?{name}")


def _not_a_rule(path: Path, results: object) -> Iterator[Finding]:
    found = (
        {variable.value for variable in results.variables}
        if isinstance(results, ox.QuerySolutions)
        else set()
    )
    if not found >= _RULE_VARIABLES:
        missing = ", ".join(f"?{name}" for name in sorted(_RULE_VARIABLES - found))
        yield Finding(str(path), "", f"a rule that does not select {missing}", "select ?focus ?el ?en")


def _unknown(path: Path, text: str, material: Material) -> Iterator[Finding]:
    told: set[str] = set()
    for name in names(text):
        if name.iri not in told and _is_unknown(name, material):
            told.add(name.iri)
            yield Finding(
                str(path), f"line {name.line}", f"unknown term {name.iri}", material.terms.remedy(name.iri)
            )


def _is_unknown(name: Name, material: Material) -> bool:
    """A prefixed name must be a term unless it is one of our things; an IRI only where we know all terms."""
    if material.terms.knows(name.iri):
        return False
    thing = any(name.iri.startswith(f"{material.base_iri}{kind}/") for kind in ("id", "dataset", "graph"))
    datatype = name.iri.startswith("http://www.w3.org/2001/XMLSchema#")
    return material.terms.closed(name.iri) or (name.prefixed and not thing) or datatype
