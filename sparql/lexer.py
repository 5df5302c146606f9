"""The tokens of a SPARQL query (SPARQL 1.1 Query Language, section 19.8), as the engine reads them.

A guard that reads a query otherwise than the engine guards nothing. pyoxigraph 0.5.13 was seen to

- end a comment at CR or LF, and decode escapes of code points only in strings and addresses;
- take `<` for an operator wherever an expression may go on (`1<'>'`);
- ask for no space after a keyword (`trueSERVICE<...>`).

The lexer follows, and refuses the few texts that can be read in two ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from kamara.sparql.errors import RefusedError, SyntaxRefusal

Kind = Literal[
    "space",
    "string",
    "iri",
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
_IRI = re.compile(r'<(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>')
_TOKEN = re.compile(
    rf"""
    (?P<space>[ \t\r\n]++|\#[^\r\n]*+)
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
    """,
    re.VERBOSE | re.DOTALL,
)
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


def tokens(text: str) -> Iterator[Token]:
    """The tokens of `text`, without spaces and comments.

    Raises SyntaxRefusal at a string that does not end, and RefusedError where `<` can be read in two ways.
    """
    return _Lexer(text).run()


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[str] = []
        self._values = False
        self._before: Token | None = None

    def run(self) -> Iterator[Token]:
        text, offset, match = self._text, 0, _TOKEN.match
        while offset < len(text):
            found = match(text, offset)
            assert found is not None  # the last alternative takes any character
            kind = found.lastgroup
            if kind == "space":
                offset = found.end()
                continue
            word = found.group()
            if kind == "symbol" and word in "<\"'":
                token = self._special(offset, word)
            else:
                capitals = word.upper() if kind == "word" else ""
                token = Token(kind, word, offset, capitals)  # type: ignore[arg-type]  # groups are the kinds
                if capitals == "VALUES" or kind in ("open", "close"):
                    self._follow(token)
            offset += len(token.text)
            self._before = token
            yield token

    def _special(self, offset: int, symbol: str) -> Token:
        """An address, or the operator `<`. Raises SyntaxRefusal for a quote: its string does not end."""
        if symbol != "<":
            raise SyntaxRefusal(
                "a string is not closed",
                where=place(self._text, offset),
                remedy="close it with the quotes it began with",
            )
        found = _IRI.match(self._text, offset)
        if found is None:
            return Token("symbol", "<", offset)
        word = found.group()
        if not self._after_operand() or _WITH_AUTHORITY.match(word):
            return Token("iri", word, offset)
        if "'" in word or "#" in word:
            raise RefusedError(
                "`<` may begin an address or compare two values here",
                where=place(self._text, offset),
                remedy="put a space after it to compare, or write the address in full",
            )
        return Token("symbol", "<", offset)

    def _after_operand(self) -> bool:
        """Whether an expression may go on here: inside parentheses (not those of VALUES), after a value."""
        if not self._open or self._open[-1] != "(" or self._before is None:
            return False
        return self._before.kind in _OPERANDS or self._before.is_word("TRUE", "FALSE")

    def _follow(self, token: Token) -> None:
        if token.is_word("VALUES"):
            self._values = True
        elif token.kind == "open":
            self._open.append(self._bracket(token.text))
        elif token.kind == "close" and self._open:
            self._open.pop()

    def _bracket(self, char: str) -> str:
        if char == "{" and self._values:
            self._values = False
            return "data"
        return "row" if self._open and self._open[-1] == "data" else char
