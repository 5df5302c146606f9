"""The names in a SPARQL query: IRIs and prefixed names, outside of strings and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kamara.sparql.lexer import Token, tokens


@dataclass(frozen=True)
class Name:
    """An IRI in a query, the line that it stands in (from 1), and whether it was written with a prefix."""

    iri: str
    line: int
    prefixed: bool


def names(query: str) -> Iterator[Name]:
    """The names in `query`, which must be valid SPARQL, in their order; declarations of prefixes are none."""
    namespaces: dict[str, str] = {}
    before: list[Token] = []
    for token in tokens(query):
        declares = len(before) == 2 and before[0].is_word("PREFIX") and before[1].kind == "name"
        if token.kind == "iri" and declares:
            namespaces[before[1].text.removesuffix(":")] = token.text[1:-1]
        elif token.kind == "iri" and not (before and before[-1].is_word("BASE")):
            yield Name(token.text[1:-1], _line(query, token), prefixed=False)
        elif token.kind == "name" and not (before and before[-1].is_word("PREFIX")):
            prefix, _, local = token.text.partition(":")
            iri = namespaces.get(prefix, "") + re.sub(r"\\(.)", r"\1", local)
            yield Name(iri, _line(query, token), prefixed=True)
        before = [*before[-1:], token]


def _line(query: str, token: Token) -> int:
    return query.count("\n", 0, token.start) + 1
