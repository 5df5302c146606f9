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
from kamara.sparql.service.calls import Call, calls
from kamara.sparql.shape import shape_of

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_NAMING = frozenset({"FROM", "FROMNAMED"})
_UPDATES = ("INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH")


@dataclass(frozen=True)
class Inspected:
    """A query that may run: its form, and whether it names its own dataset (FROM, FROM NAMED).

    `services` are the endpoints that it calls, `prologue` what stands before its form, `shape` what it is but
    for its values, as a hash.
    """

    text: str
    form: Form
    names_dataset: bool
    tokens: Sequence[Token]
    services: tuple[Call, ...] = ()
    prologue: str = ""
    shape: bytes = b""


def inspect(text: str, limits: QuerySettings) -> Inspected:
    """Check a query against the limits.

    Raises RefusedError when a limit is passed, and SyntaxRefusal for what cannot be a query.
    """
    _check_size(text, limits.max_bytes)
    found = tokens(text)
    _check_nesting(text, found, limits.max_nesting)
    prefixes, body = prologue(found)
    form = _form(text, body)
    services = _services(text, found, prefixes, limits)
    _check_names(text, found, prefixes)
    _check_parts(text, found, limits)
    return Inspected(
        text, form, _names_dataset(body), found, services, text[: body[0].start], shape_of(found)
    )


def _check_size(text: str, limit: int) -> None:
    # Of no character there are more than four bytes.
    if 4 * len(text) <= limit:
        return
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


def prefixes_of(found: Sequence[Token]) -> dict[str, str]:
    """The prefixes that a query declares: prefix without colon -> IRI in angle brackets."""
    return prologue(found)[0]


def prologue(found: Sequence[Token]) -> tuple[dict[str, str], Sequence[Token]]:
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
    return prefixes, found[at:]


def _form(text: str, body: Sequence[Token]) -> Form:
    """The keyword that the query begins with. The engine needs no space after it, so `SELECT?s` counts."""
    if not body:
        raise SyntaxRefusal("the query is empty", remedy="begin with SELECT, ASK, CONSTRUCT or DESCRIBE")
    first = body[0]
    if first.word in _FORMS:
        return cast(Form, first.word)
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


def _services(
    text: str, found: Sequence[Token], prefixes: dict[str, str], limits: QuerySettings
) -> tuple[Call, ...]:
    """The calls of other endpoints. Raises ServiceRefusal unless each may be made."""
    if "SERVICE" not in text.upper():
        return ()
    made = calls(found, prefixes)
    for call in made:
        if call.fault or call.endpoint not in limits.service_allow:
            raise _service_refusal(text, call, limits)
    if len(made) > limits.service_calls:
        raise ServiceRefusal(
            f"SERVICE stands {len(made)} times, {limits.service_calls} are allowed (query.service_calls)",
            where=place(text, made[limits.service_calls].start),
            remedy="split the query into several",
            limit=Limit("query.service_calls", limits.service_calls, "calls"),
            asked=len(made),
        )
    return tuple(made)


def _service_refusal(text: str, call: Call, limits: QuerySettings) -> ServiceRefusal:
    reasons = {"nested": "stands inside another SERVICE", "target": "is no endpoint written as an address"}
    reason = reasons.get(call.fault, "is not among the endpoints that may be called (query.service_allow)")
    return ServiceRefusal(
        f"SERVICE {call.target[:80]} {reason}",
        where=place(text, call.start),
        remedy="query that endpoint yourself and join the answers",
        limit=Limit("query.service_allow", len(limits.service_allow), "endpoints"),
        asked=call.target[:200],
    )


def _names_dataset(body: Sequence[Token]) -> bool:
    """Whether FROM or FROM NAMED stands in the query; the word has no other use in SPARQL."""
    return not _NAMING.isdisjoint([token.word for token in body])
