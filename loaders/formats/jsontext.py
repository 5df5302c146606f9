"""JSON text (RFC 8259) read in constant memory: the values at a path of names and wildcards, one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from kamara.loaders.decoding import Lines
from kamara.loaders.errors import SourceError
from kamara.loaders.formats.jsonpath import WILDCARD, Step
from kamara.loaders.formats.values import ComparableDouble, ComparableInteger, Double, Integer

_SPACE = re.compile(r"[ \t\n\r]*")
# A JSONDecodeError so close to the end may come from text that is still to be read.
_NEAR_END = 16
_MAX_DEPTH = 100
_CORRECT = "correct the file, or fetch it again"


class NotJson(ValueError):  # noqa: N818 - says what the text is
    """A constant that JSON does not have."""


def decoder() -> json.JSONDecoder:
    """A decoder that keeps numbers as they are written and refuses NaN and Infinity.

    Of a name that an object has twice, the last counts.
    """
    return json.JSONDecoder(parse_int=Integer, parse_float=Double, parse_constant=_refuse)


def comparing_decoder() -> json.JSONDecoder:
    """As `decoder`, with numbers that filters of JSONPath can compare: slower."""
    return json.JSONDecoder(
        parse_int=_comparable_integer, parse_float=ComparableDouble, parse_constant=_refuse
    )


def _comparable_integer(text: str) -> ComparableInteger:
    try:
        return ComparableInteger(text)
    except ValueError as error:
        raise NotJson(f"a number of {len(text)} digits") from error


def _refuse(name: str) -> NoReturn:
    raise NotJson(f"{name} is not JSON")


class JsonText:
    """A place in a JSON text that moves forward."""

    def __init__(self, source: Lines, reading: json.JSONDecoder) -> None:
        self._source = source
        self._texts = source.texts()
        self._decode = reading.raw_decode
        self._buffer = ""
        self._at = 0
        self._line = 1
        self._ended = False

    def find(self, steps: Sequence[Step]) -> Iterator[tuple[Any, str]]:
        """Each value at `steps` from the root, with its own text. Raises SourceError for what is not JSON."""
        yield from self._walk(steps, 0)
        if self._peek():
            self._fail("more text after the end of the value")

    def _walk(self, steps: Sequence[Step], depth: int) -> Iterator[tuple[Any, str]]:
        if not steps:
            yield self._value()
            return
        step, opening = steps[0], self._peek()
        if opening == "[" and step is WILDCARD:
            for _ in self._items():
                yield from self._walk(steps[1:], depth + 1)
        elif opening == "{":
            yield from self._walk_object(step, steps[1:], depth)
        else:
            self._skip(depth)

    def _walk_object(self, step: Step, rest: Sequence[Step], depth: int) -> Iterator[tuple[Any, str]]:
        seen = False
        for name in self._names():
            if step is not WILDCARD and name != step:
                self._skip(depth + 1)
                continue
            if seen and step is not WILDCARD:
                self._fail(f"{name!r} stands twice in one object")
            seen = True
            yield from self._walk(rest, depth + 1)

    def _items(self) -> Iterator[None]:
        """Stops at each item of an array, whose text the caller must then take."""
        self._take("[")
        if self._peek() == "]":
            self._take("]")
            return
        while True:
            yield
            if self._peek() != ",":
                return self._take("]")
            self._take(",")

    def _names(self) -> Iterator[str]:
        """The names of an object; the caller must take the text of each value."""
        self._take("{")
        if self._peek() == "}":
            self._take("}")
            return
        while True:
            if self._peek() != '"':
                self._fail("expected a name in quotes")
            name: str = self._value()[0]
            self._take(":")
            self._peek()
            yield name
            if self._peek() != ",":
                return self._take("}")
            self._take(",")

    def _skip(self, depth: int) -> None:
        """Go past a value, whatever its size, and see that it is JSON."""
        if depth > _MAX_DEPTH:
            self._fail(f"nested deeper than {_MAX_DEPTH}")
        opening = self._peek()
        if opening not in ("[", "{") or self._fits():
            self._value()
            return
        for _ in self._items() if opening == "[" else self._names():
            self._skip(depth + 1)

    def _fits(self) -> bool:
        """Whether the container that begins here ends in the text that is at hand."""
        try:
            return self._decode(self._buffer, self._at)[1] < len(self._buffer)
        except (ValueError, RecursionError):
            return False

    def _value(self) -> tuple[Any, str]:
        while True:
            self._peek()
            try:
                value, end = self._decode(self._buffer, self._at)
            except json.JSONDecodeError as error:
                if not (self._may_continue(error) and self._grow()):
                    self._fail(error.msg, error.pos - self._at)
            except NotJson as error:
                self._fail(str(error))
            except RecursionError:
                self._fail("nested too deep")
            else:
                if end < len(self._buffer) or not self._grow():
                    text = self._buffer[self._at : end]
                    self._move(end)
                    return value, text

    def _may_continue(self, error: json.JSONDecodeError) -> bool:
        return error.msg.startswith("Unterminated string") or error.pos > len(self._buffer) - _NEAR_END

    def _peek(self) -> str:
        """The next character that is not space; empty at the end."""
        while True:
            match = _SPACE.match(self._buffer, self._at)
            end = match.end() if match else self._at
            if end < len(self._buffer):
                if end != self._at:
                    self._move(end)
                return self._buffer[end]
            self._move(end)
            if not self._grow():
                return ""

    def _take(self, character: str) -> None:
        if self._peek() != character:
            self._fail(f"expected {character}")
        self._at += 1

    def _move(self, end: int) -> None:
        self._line += self._buffer.count("\n", self._at, end)
        self._at = end
        self._source.pending_bytes = 0

    def _grow(self) -> bool:
        """Read as much again as is at hand; false at the end of the text."""
        if self._ended:
            return False
        pieces, wanted = [self._buffer[self._at :]], len(self._buffer) - self._at
        limit = self._source.max_line_bytes
        if wanted * 4 > limit and len(pieces[0].encode()) > limit:
            self._fail(f"a record longer than {limit} bytes (the setting load.max_line_bytes)")
        got = 0
        while got <= wanted:
            piece = next(self._texts, None)
            if piece is None:
                self._ended = True
                break
            pieces.append(piece)
            got += len(piece)
        self._buffer, self._at = "".join(pieces), 0
        return got > 0

    def _fail(self, what: str, ahead: int = 0) -> NoReturn:
        line = self._line + self._buffer.count("\n", self._at, self._at + ahead)
        if self._at + ahead >= len(self._buffer) and self._ended:
            what = f"cut: the text ends too early ({what})"
        raise SourceError(what, where=f"{self._source.path}, line {line}", remedy=_CORRECT)
