"""How many parts a query has: what the engine must join at once, and how often each operator stands in it.

Measured with pyoxigraph 0.5.13 and 112 MiB of stack: no chain ends the process, but the time that the planner
takes grows with the third power of the parts that one group joins (100: 0.7 s, 300: 15 s and more; nested
groups and those of GRAPH are joined with what stands around them), and with the second power of a chain of
OPTIONAL, `||` or `+` (1,000: 0.1 to 0.6 s, 3,000: up to 7 s).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kamara.sparql.lexer import Token

_SEPARATORS = frozenset(".;,")
_OPERATORS = frozenset("!|&+-*/^=<>")
_WORDS = frozenset({"UNION", "OPTIONAL", "MINUS", "BIND", "FILTER", "EXISTS", "GRAPH", "SELECT"})
_APART = frozenset({"OPTIONAL", "UNION", "MINUS", "EXISTS", "CONSTRUCT", "WHERE"})
_OPERANDS = frozenset({"variable", "iri", "name", "number", "string", "blank", "close"})


@dataclass
class _Group:
    """A bracket that is open: of a pattern `{`, a thing `[`, a list or expression `(`, or of data `v`."""

    kind: str
    start: int
    parts: int = 0
    is_apart: bool = False


@dataclass(frozen=True)
class Joined:
    """The most parts that one group joins, and where (a character offset) it begins."""

    parts: int
    start: int


def most_joined(found: Sequence[Token]) -> Joined:
    """The largest of the query's joins: its triples, steps of paths, items of lists and groups."""
    return _Joins(found).run()


def operators(found: Sequence[Token]) -> Counter[str]:
    """How often each operator and each keyword that chains patterns stands in the query."""
    names = (token.word or token.text for token in found if token.kind in ("word", "symbol"))
    return Counter(name for name in names if name in _WORDS or name in _OPERATORS)


class _Joins:
    def __init__(self, found: Sequence[Token]) -> None:
        self._found = found
        self._open = [_Group("", 0, is_apart=True)]
        self._most = Joined(0, 0)
        self._in_values = False

    def run(self) -> Joined:
        for at, token in enumerate(self._found):
            if token.kind == "open":
                self._open.append(self._opened(at, token))
            elif token.kind == "close":
                self._close(at)
            elif token.is_word("VALUES"):
                self._in_values = True
            else:
                self._open[-1].parts += self._weight(at, token)
        while len(self._open) > 1:
            self._close(len(self._found))
        return self._most

    def _opened(self, at: int, token: Token) -> _Group:
        before = self._found[at - 1] if at else token
        if self._open[-1].kind == "v":
            return _Group("v", token.start, is_apart=True)
        if token.text == "{" and self._in_values:
            self._in_values = False
            return _Group("v", token.start, is_apart=True)
        follows = self._found[at + 1] if at + 1 < len(self._found) else token
        apart = token.text == "{" and (before.is_word(*_APART) or follows.is_word("SELECT"))
        # A template is built row by row, whatever its size.
        kind = "v" if before.is_word("CONSTRUCT") else token.text
        return _Group(kind, token.start, int(kind in ("{", "[")), apart)

    def _close(self, at: int) -> None:
        if len(self._open) == 1:
            return
        group = self._open.pop()
        if group.kind == "{" and group.parts > self._most.parts:
            self._most = Joined(group.parts, group.start)
        follows = self._found[at + 1] if at + 1 < len(self._found) else None
        if not group.is_apart and not (follows is not None and follows.is_word("UNION")):
            self._open[-1].parts += group.parts

    def _weight(self, at: int, token: Token) -> int:
        """How many parts this token adds to the group it stands in."""
        kind = self._open[-1].kind
        if token.kind == "symbol" and token.text == "/":
            return int(kind != "v")
        if kind in ("{", "["):
            return int(token.kind == "symbol" and token.text in _SEPARATORS)
        if kind == "(" and not self._in_values and token.kind in _OPERANDS:
            # Two values without an operator between them: items of a list, each of two triples.
            return 2 * int(self._found[at - 1].kind in _OPERANDS)
        return 0
