"""What a query is but for its values: queries of one shape cost about the same."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

from kamara.sparql.lexer import Token

_SUBJECT_AFTER = frozenset("{.")


def shape_of(tokens: Sequence[Token]) -> bytes:
    """What the query is but for its literals, numbers and the things that it starts from, as a hash.

    Of LIMIT and OFFSET the magnitude stays: a table of ten rows is not one of ten million.
    """
    parts: list[str] = []
    before = ""
    for token in tokens:
        kind, text = token[0], token[1]
        if kind == "string":
            parts.append("'")
        elif kind == "number":
            parts.append(f"{len(text)}" if before.upper() in ("LIMIT", "OFFSET") else "0")
        elif is_subject(token, before):
            parts.append("<>")
        else:
            parts.append(text)
        before = text
    return blake2b(" ".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def is_subject(token: Token, before: str) -> bool:
    """Whether it is an address that a pattern begins with, by the text of the token before it."""
    return before in _SUBJECT_AFTER and token.kind in ("iri", "name")
