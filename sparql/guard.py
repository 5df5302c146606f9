"""The guard: looks at a query before the engine sees it.

The engine calls any SERVICE address, overflows its stack on deep nesting and plans long joins for minutes;
the guard refuses these, and long texts and updates. The worker's sandbox (no sockets, a large stack) is the
second lock behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from kamara.config import QuerySettings
from kamara.sparql.errors import (
    Limit,
    ServiceRefusal,
    SyntaxRefusal,
    TooComplexError,
    TooDeepError,
    TooLongError,
    UpdateRefusal,
)
from kamara.sparql.formats import Form
from kamara.sparql.lexer import Token, place, tokens
from kamara.sparql.parts import most_joined, operators

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")


@dataclass(frozen=True)
class Inspected:
    """A query that may run: its form, and whether it names its own dataset (FROM, FROM NAMED)."""

    text: str
    form: Form
    names_dataset: bool
    tokens: Sequence[Token]


def inspect(text: str, limits: QuerySettings) -> Inspected:
    """Check a query against the limits.

    Raises RefusedError when a limit is passed, and SyntaxRefusal for what cannot be a query.
    """
    _check_size(text, limits.max_bytes)
    found = list(tokens(text))
    _check_nesting(text, found, limits.max_nesting)
    prefixes, body = _prologue(text, found)
    form = _form(text, body)
    _check_services(text, found, _Targets(limits.service_allow, prefixes))
    _check_names(text, found, prefixes)
    _check_parts(text, found, limits)
    return Inspected(text, form, _names_dataset(body), found)


def _check_size(text: str, limit: int) -> None:
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > limit:
        raise TooLongError(
            f"the query is {size} bytes long, {limit} are allowed (query.max_bytes)",
            remedy="shorten it, or ask for its parts one by one",
            limit=Limit("query.max_bytes", limit, "bytes"),
            asked=size,
        )


def _check_nesting(text: str, found: Sequence[Token], limit: int) -> None:
    if len(found) <= limit:
        return
    depth, deepest, first = 0, 0, 0
    for token in found:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth > limit and deepest <= limit:
            first = token.start
        deepest = max(deepest, depth)
    if deepest > limit:
        raise TooDeepError(
            f"brackets are nested {deepest} deep, {limit} are allowed (query.max_nesting)",
            where=place(text, first),
            remedy="write the query with fewer nested groups",
            limit=Limit("query.max_nesting", limit, "levels"),
            asked=deepest,
        )


def _prologue(text: str, found: Sequence[Token]) -> tuple[dict[str, str], Sequence[Token]]:
    """The prefixes declared at the beginning, and what follows the declarations."""
    prefixes: dict[str, str] = {}
    at = 0
    while at < len(found):
        if found[at].is_word("BASE", "VERSION"):
            at += 2
        elif found[at].is_word("PREFIX"):
            if at + 2 < len(found) and found[at + 1].kind == "name":
                prefixes[found[at + 1].text.removesuffix(":")] = found[at + 2].text
            at += 3
        else:
            break
    if at >= len(found):
        raise SyntaxRefusal("the query is empty", remedy="begin with SELECT, ASK, CONSTRUCT or DESCRIBE")
    return prefixes, found[at:]


def _form(text: str, body: Sequence[Token]) -> Form:
    """The keyword that the query begins with. The engine needs no space after it, so `SELECT?s` counts."""
    first = body[0]
    keyword = first.text.upper()
    if first.is_word(*_UPDATES):
        raise UpdateRefusal(
            f"{keyword} is an update; this endpoint only answers queries",
            where=place(text, first.start),
            remedy="ask with SELECT, ASK, CONSTRUCT or DESCRIBE",
        )
    form = next((form for form in _FORMS if first.kind == "word" and keyword.startswith(form)), None)
    if form is None:
        raise SyntaxRefusal(
            f"expected SELECT, ASK, CONSTRUCT or DESCRIBE, found `{first.text[:40]}`",
            where=place(text, first.start),
            remedy="correct the query",
        )
    return cast(Form, form)


def _check_names(text: str, found: Sequence[Token], prefixes: dict[str, str]) -> None:
    for token in found:
        if token.kind != "name":
            continue
        prefix = token.text.partition(":")[0]
        if prefix not in prefixes:
            raise SyntaxRefusal(
                f"the prefix `{prefix}:` is not declared",
                where=place(text, token.start),
                remedy=f"begin the query with PREFIX {prefix}: <...>",
            )


def _check_parts(text: str, found: Sequence[Token], limits: QuerySettings) -> None:
    """Refuse what the engine would plan for longer than it may run."""
    # No token makes more than two parts.
    if 2 * len(found) <= min(limits.max_joined, limits.max_operators):
        return
    joined = most_joined(found)
    if joined.parts > limits.max_joined:
        raise TooComplexError(
            f"a group joins {joined.parts} parts, {limits.max_joined} are allowed (query.max_joined)",
            where=place(text, joined.start),
            remedy="split it into several queries, or give the values as VALUES",
            limit=Limit("query.max_joined", limits.max_joined, "parts"),
            asked=joined.parts,
        )
    for name, count in operators(found).most_common(1):
        if count > limits.max_operators:
            raise TooComplexError(
                f"`{name}` stands {count} times, {limits.max_operators} are allowed (query.max_operators)",
                remedy="split it into several queries, or write the choices as VALUES or IN",
                limit=Limit("query.max_operators", limits.max_operators, "times"),
                asked=count,
            )


@dataclass(frozen=True)
class _Targets:
    allowed: Sequence[str]
    prefixes: dict[str, str]

    def permits(self, token: Token) -> bool:
        """Whether SERVICE may call what the token names; an address written in full or by a prefix."""
        if token.kind == "iri":
            return token.text[1:-1] in self.allowed
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            return self.prefixes.get(prefix, "")[1:-1] + local in self.allowed
        return False


def _check_services(text: str, found: Sequence[Token], targets: _Targets) -> None:
    if "SERVICE" not in text.upper():
        return
    for at, token in enumerate(found):
        if not _calls_service(found, at):
            continue
        following = next((item for item in found[at + 1 :] if not item.is_word("SILENT")), token)
        plain = token.is_word("SERVICE")
        if not plain or not targets.permits(following):
            shown = following.text if plain else token.text
            raise ServiceRefusal(
                f"SERVICE {shown[:80]} is not among the endpoints that may be called (query.service_allow)",
                where=place(text, token.start),
                remedy="query that endpoint yourself and join the answers",
                limit=Limit("query.service_allow", len(targets.allowed), "endpoints"),
                asked=shown[:200],
            )


def _calls_service(found: Sequence[Token], at: int) -> bool:
    """Whether the engine may read SERVICE here: alone, or glued to a word or to the name before a group."""
    token = found[at]
    if token.kind == "word":
        return "SERVICE" in token.word
    if token.kind != "name" or "SERVICE" not in token.text.partition(":")[0].upper():
        return False
    before_group = at + 1 < len(found) and found[at + 1].text == "{"
    return before_group and not (at and found[at - 1].is_word("GRAPH", "FROM", "NAMED", "SERVICE", "SILENT"))


def _names_dataset(body: Sequence[Token]) -> bool:
    """Whether FROM or FROM NAMED stands in the query; the word has no other use in SPARQL."""
    return any(token.is_word("FROM", "FROMNAMED") for token in body)
