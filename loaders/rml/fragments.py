"""Pieces of generated Python: f-string text that makes a term, and the steps that compute its variables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from types import CodeType

_ESCAPES = {"{": "{{", "}": "}}", '"': '\\"', "\n": "\\n", "\\": "\\\\"}


@dataclass(frozen=True)
class Step:
    """An assignment `variable = expression`; it reads `needs`, and goes back to the references `columns`."""

    variable: str
    expression: str
    needs: tuple[str, ...]
    columns: tuple[str, ...]

    @cached_property
    def code(self) -> CodeType:
        """The expression, compiled by itself."""
        return compile(self.expression, "<rml>", "eval")


@dataclass(frozen=True)
class Fragment:
    """The inside of an f-string; it stands only where each variable of `conditions` has a value."""

    text: str
    conditions: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()

    @classmethod
    def of(cls, text: str) -> Fragment:
        """Constant text."""
        return cls("".join(_quoted(char) for char in text))

    @classmethod
    def variable(cls, name: str, *conditions: str) -> Fragment:
        """A variable that is there when `conditions` are; by default, when it has a value itself."""
        return cls(f"{{{name}}}", conditions or (name,), (name,))

    @property
    def is_variable(self) -> bool:
        """Whether this is one variable and nothing else, null when the variable is."""
        return self.text == "".join(f"{{{name}}}" for name in self.conditions[:1]) != ""

    @property
    def source(self) -> str:
        """Python source of the f-string."""
        return f'f"{self.text}"'

    @property
    def guarded(self) -> str:
        """Python source of the f-string, or of None where a condition has no value."""
        return (
            f"{self.source} if {' and '.join(self.conditions)} else None" if self.conditions else self.source
        )


def join(fragments: Iterable[Fragment | str]) -> Fragment:
    """The fragments one after the other; plain text is constant text."""
    pieces = [Fragment.of(piece) if isinstance(piece, str) else piece for piece in fragments]
    return Fragment(
        "".join(piece.text for piece in pieces),
        tuple(dict.fromkeys(name for piece in pieces for name in piece.conditions)),
        tuple(dict.fromkeys(name for piece in pieces for name in piece.variables)),
    )


def _quoted(char: str) -> str:
    plain = char.isprintable() and char not in '{}"\\'
    return char if plain else _ESCAPES.get(char) or f"\\U{ord(char):08x}"
