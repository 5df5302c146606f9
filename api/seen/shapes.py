"""A query's shape: its keywords and the vocabulary's terms, without anything that a person may have written.

Texts and numbers, addresses that are no terms of the vocabulary or that a pattern begins with, the names of
variables and words that are no keywords can all tell of people. Queries that differ only in those have the
same shape.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from hashlib import blake2b
from pathlib import Path

from kamara.sparql.guard import Inspected, prologue
from kamara.sparql.lexer import Token
from kamara.sparql.shape import is_subject

_LEFT_OUT = "…"
_ADDRESS = f"<{_LEFT_OUT}>"
_MOST = 2000
_FIXED: Mapping[str, str] = {
    "string": f'"{_LEFT_OUT}"',
    "number": "0",
    "language": f"@{_LEFT_OUT}",
    "blank": "_:b",
}


class Shapes:
    """Finds shapes. `terms`: the IRIs that may stand in one."""

    def __init__(self, terms: Container[str]) -> None:
        self._terms = terms
        self._shapes: dict[bytes, tuple[str, str]] = {}
        words = Path(__file__).with_name("keywords.txt").read_text(encoding="ascii").split()
        self._words = {word: word for word in words} | {"A": "a"}

    def find(self, query: Inspected) -> tuple[str, str]:
        """The shape as text, terms written in full, and a short name for it: 12 hexadecimal digits."""
        found = self._shapes.get(query.shape)
        if found is None:
            if len(self._shapes) >= _MOST:
                self._shapes.clear()
            text = self._text(query)
            found = self._shapes[query.shape] = (text, blake2b(text.encode(), digest_size=6).hexdigest())
        return found

    def known(self, shape: bytes) -> tuple[str | None, str | None]:
        """The same for a shape that was found before, by its hash; nothing for one that was not."""
        return self._shapes.get(shape, (None, None))

    def _text(self, query: Inspected) -> str:
        prefixes, body = prologue(query.tokens)
        variables: dict[str, str] = {}
        parts: list[str] = []
        for token, before in zip(body, ("", *(one.text for one in body)), strict=False):
            parts.append(_ADDRESS if is_subject(token, before) else self._part(token, prefixes, variables))
        return " ".join(parts)

    def _part(self, token: Token, prefixes: Mapping[str, str], variables: dict[str, str]) -> str:
        kind, text = token.kind, token.text
        if kind in ("symbol", "open", "close"):
            return text
        if kind == "variable":
            return variables.setdefault(text[1:], f"?{len(variables) + 1}")
        if kind == "word":
            return self._words.get(text.upper(), _LEFT_OUT)
        if kind == "iri":
            return self._named(text[1:-1])
        if kind == "name":
            prefix, _, local = text.partition(":")
            return self._named(prefixes.get(prefix, "")[1:-1] + local)
        return _FIXED[kind]

    def _named(self, iri: str) -> str:
        return f"<{iri}>" if iri in self._terms else _ADDRESS
