"""The SERVICE clauses of a query (SPARQL 1.1 Federated Query, section 2), found and cut out by tokens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kamara.sparql.lexer import Token


@dataclass(frozen=True)
class Call:
    """One clause: from `SERVICE` to the brace that closes its group (character offsets).

    `endpoint` is the IRI that is called, empty where it is none (a variable); `target` as it is written.
    `pattern` begins at the brace that opens the group. `fault` says why it cannot be carried out.
    """

    start: int
    pattern: int
    end: int
    endpoint: str
    target: str
    is_silent: bool
    fault: Literal["", "spelling", "target", "nested"]


def calls(found: Sequence[Token], prefixes: Mapping[str, str]) -> list[Call]:
    """Every clause of the query, in order; wherever the engine may read one, also a strange spelling.

    `prefixes`: prefix without colon -> IRI in angle brackets.
    """
    made: list[Call] = []
    for at, token in enumerate(found):
        if _calls_service(found, at):
            inside = bool(made) and token.start < made[-1].end
            made.append(_call(found, at, prefixes, is_nested=inside))
    return made


def _calls_service(found: Sequence[Token], at: int) -> bool:
    """Whether the engine may read SERVICE here: alone, or glued to a word or to the name before a group."""
    token = found[at]
    if token.kind == "word":
        return "SERVICE" in token.word
    if token.kind != "name" or "SERVICE" not in token.text.partition(":")[0].upper():
        return False
    before_group = at + 1 < len(found) and found[at + 1].text == "{"
    return before_group and not (at and found[at - 1].is_word("GRAPH", "FROM", "NAMED", "SERVICE", "SILENT"))


def _call(found: Sequence[Token], at: int, prefixes: Mapping[str, str], *, is_nested: bool) -> Call:
    token = found[at]
    if token.word != "SERVICE":
        return Call(token.start, token.end, token.end, "", token.text, is_silent=False, fault="spelling")
    silent = at + 1 < len(found) and found[at + 1].is_word("SILENT")
    name = at + 2 if silent else at + 1
    target = found[name] if name < len(found) else token
    closing = _closing(found, name + 1)
    if closing is None:
        return Call(token.start, token.end, token.end, "", target.text, silent, "spelling")
    endpoint = _iri(target, prefixes)
    fault: Literal["", "target", "nested"] = "nested" if is_nested else "" if endpoint else "target"
    opening, end = found[name + 1].start, found[closing].end
    return Call(token.start, opening, end, endpoint, target.text, silent, fault)


def _iri(target: Token, prefixes: Mapping[str, str]) -> str:
    """The address, written in full or by a prefix; empty for anything else and for escapes."""
    if target.kind == "iri":
        iri = target.text[1:-1]
    elif target.kind == "name":
        prefix, _, local = target.text.partition(":")
        iri = prefixes.get(prefix, "")[1:-1] + local
    else:
        return ""
    return "" if "\\" in iri else iri


def _closing(found: Sequence[Token], opening: int) -> int | None:
    """Where the group that begins at this token ends."""
    if opening >= len(found) or found[opening].text != "{":
        return None
    depth = 0
    for at in range(opening, len(found)):
        depth += {"open": 1, "close": -1}.get(found[at].kind, 0)
        if depth == 0:
            return at
    return None
