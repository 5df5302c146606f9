"""The tokens of a SPARQL query (SPARQL 1.1 Query Language, section 19.8), as the engine reads them.

A guard that reads a query otherwise than the engine guards nothing. pyoxigraph 0.5.13 was seen to

- end a comment at CR or LF, and decode escapes of code points only in strings and addresses;
- take `<` for an operator wherever an expression may go on (`1<'>'`);
- ask for no space after a keyword (`trueSERVICE<...>`).

The lexer follows, and refuses the few texts that can be read in two ways.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, cast

from kamara.sparql.errors import RefusedError, SyntaxRefusal

Kind = Literal[
    "iri",
    "string",
    "variable",
    "language",
    "blank",
    "name",
    "number",
    "word",
    "open",
    "close",
    "symbol",
]

_NAME_CHAR = r"[\w\-\u00b7\u0300-\u036f\u203f\u2040]"
_PREFIX = rf"[^\W\d_]{_NAME_CHAR}*+(?:\.++{_NAME_CHAR}++)*+"
_LOCAL_CHAR = rf"(?:{_NAME_CHAR}|:|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])"

# Possessive quantifiers: the time stays linear whatever the text.
_TOKEN = re.compile(
    rf"""
    (?:[ \t\r\n]++|\#[^\r\n]*+)*+
  (?: (?P<iri><(?:[^<>"{{}}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{{4}}|\\U[0-9A-Fa-f]{{8}})*+>)
  | (?P<string>\"\"\"(?:\"{{0,2}}(?:[^\"\\]|\\.))*+\"\"\"
             | '''(?:'{{0,2}}(?:[^'\\]|\\.))*+'''
             | \"(?!\"\")(?:[^\"\\\r\n]|\\.)*+\" | '(?!'')(?:[^'\\\r\n]|\\.)*+')
  | (?P<variable>[?$][\w\u00b7\u0300-\u036f\u203f\u2040]++)
  | (?P<language>@[A-Za-z]++(?:--?[A-Za-z0-9]++)*+)
  | (?P<blank>_:{_NAME_CHAR}++(?:\.++{_NAME_CHAR}++)*+)
  | (?P<name>(?:{_PREFIX})?:(?:{_LOCAL_CHAR}++(?:\.++{_LOCAL_CHAR}++)*+)?)
  | (?P<number>\d++(?:\.\d++)?(?:[eE][+-]?\d++)?|\.\d++(?:[eE][+-]?\d++)?)
  | (?P<word>[^\W\d_]\w*+)
  | (?P<open>[({{\[])
  | (?P<close>[)}}\]])
  | (?P<symbol>.)
  | \Z)
    """,
    re.VERBOSE | re.DOTALL,
)
_KINDS: dict[int, Kind] = {index: cast(Kind, name) for name, index in _TOKEN.groupindex.items()}
_WITH_AUTHORITY = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*://")
_OPERANDS = frozenset({"variable", "string", "number", "language", "iri", "name", "blank", "close"})


class Token(NamedTuple):
    """One token, where it begins (a character offset), and a word's text in capitals (else empty)."""

    kind: Kind
    text: str
    start: int
    word: str = ""

    @property
    def end(self) -> int:
        """The offset after it."""
        return self.start + len(self.text)

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these keywords (given in capitals)."""
        return self.word in words


def place(text: str, offset: int) -> str:
    """`line L, column C` of an offset, both from 1."""
    before = text[:offset]
    return f"line {before.count(chr(10)) + 1}, column {offset - before.rfind(chr(10))}"


def tokens(text: str) -> list[Token]:
    """The tokens of `text`, without spaces and comments.

    Raises SyntaxRefusal at a string that does not end, and RefusedError where `<` can be read in two ways.
    """
    return _Lexer(text).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[str] = []
        self._values = False
        self._found: list[Token] = []

    def run(self) -> list[Token]:
        start: int | None = 0
        while start is not None:
            start = self._scan(start)
        return self._found

    def _scan(self, start: int) -> int | None:
        """Read on; gives where to begin again, after a `<` that is an operator and looked like an address."""
        add, new = self._found.append, tuple.__new__
        for match in _TOKEN.finditer(self._text, start):
            index = match.lastindex
            if index is None:
                break
            kind, word, at, capitals = _KINDS[index], match[index], match.start(index), ""
            if kind == "word":
                capitals = word.upper()
                self._values = self._values or capitals == "VALUES"
            elif kind == "open":
                self._open.append(self._bracket(word))
            elif kind == "close":
                if self._open:
                    self._open.pop()
            elif kind == "iri" and self._compares(word, at):
                add(Token("symbol", "<", at))
                return at + 1
            elif kind == "symbol" and word in "\"'":
                raise self._unclosed(at)
            add(new(Token, (kind, word, at, capitals)))
        return None

    def _compares(self, word: str, at: int) -> bool:
        """Whether `<` is an operator here. Raises RefusedError where it may be either."""
        if not self._after_operand() or _WITH_AUTHORITY.match(word):
            return False
        if "'" in word or "#" in word:
            raise RefusedError(
                "`<` may begin an address or compare two values here",
                where=place(self._text, at),
                remedy="put a space after it to compare, or write the address in full",
            )
        return True

    def _unclosed(self, at: int) -> SyntaxRefusal:
        return SyntaxRefusal(
            "a string is not closed",
            where=place(self._text, at),
            remedy="close it with the quotes it began with",
        )

    def _after_operand(self) -> bool:
        """Whether an expression may go on here: inside parentheses (not those of VALUES), after a value."""
        if not self._open or self._open[-1] != "(":
            return False
        before = self._found[-1]
        return before.kind in _OPERANDS or before.is_word("TRUE", "FALSE")

    def _bracket(self, char: str) -> str:
        if char == "{" and self._values:
            self._values = False
            return "data"
        return "row" if self._open and self._open[-1] == "data" else char
