"""Values of variables, put into a query as VALUES blocks.

The engine's own substitutions serve SELECT only, want the variable projected, and do not reach subqueries
(docs/decisions/query-parameters.md), so a value joins every group in which its variable is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kamara.sparql.errors import QueryError
from kamara.sparql.guard import Inspected
from kamara.sparql.lexer import Token


def bind(query: Inspected, bindings: Mapping[str, str]) -> str:
    """The query's text with each variable (by name, without `?`) held to a term in N-Triples.

    Raises QueryError when the query has no group that could hold a value.
    """
    if not bindings:
        return query.text
    text, inserted = query.text, 0
    for at, names in _groups(query.tokens, bindings):
        block = " " + " ".join(f"VALUES ?{name} {{ {bindings[name]} }}" for name in names) + " "
        text = text[: at + inserted] + block + text[at + inserted :]
        inserted += len(block)
    if not inserted:
        raise QueryError(
            "has no group in which its parameters are used", remedy="write it with WHERE { ... }"
        )
    return text


def _groups(found: Sequence[Token], bindings: Mapping[str, str]) -> list[tuple[int, list[str]]]:
    """Where to insert, and which names: every group pattern, from left to right."""
    marks: list[tuple[int, list[str]]] = []
    stack: list[list[str] | None] = []
    outermost = True
    for at, token in enumerate(found):
        if token.text == "{" and token.kind == "open":
            names = _new_group(found, at)
            if names is not None:
                if outermost:
                    names.extend(bindings)
                    outermost = False
                marks.append((token.end, names))
            stack.append(names)
        elif token.text == "}" and token.kind == "close" and stack:
            stack.pop()
        elif token.kind == "variable" and stack and stack[-1] is not None:
            name = token.text[1:]
            if name in bindings and name not in stack[-1]:
                stack[-1].append(name)
    return [mark for mark in marks if mark[1]]


def _new_group(found: Sequence[Token], at: int) -> list[str] | None:
    """An empty list of names for a group pattern; None for a template, data or a subquery's braces."""
    if at + 1 < len(found) and found[at + 1].is_word("SELECT"):
        return None
    before = found[at - 1] if at else found[at]
    if before.is_word("CONSTRUCT"):
        return None
    return None if _follows_values(found, at) else []


def _follows_values(found: Sequence[Token], at: int) -> bool:
    """Whether the brace opens VALUES data: `VALUES ?x {` or `VALUES (?x ?y) {`."""
    back = at - 1
    while back >= 0 and (found[back].kind == "variable" or found[back].text in "()"):
        back -= 1
    return back >= 0 and found[back].is_word("VALUES")
