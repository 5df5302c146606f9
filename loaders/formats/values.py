"""Values that know their own type: JSON's numbers and truth values, as the text that stands in the file."""

from __future__ import annotations

import json
from typing import Any

from kamara.sparql.terms import XSD, escape, literal


class Integer(str):
    """A JSON number without fraction and exponent."""

    __slots__ = ()
    datatype = XSD + "integer"


class Double(str):
    """Any other JSON number."""

    __slots__ = ()
    datatype = XSD + "double"


class Boolean(str):
    """`true` or `false`."""

    __slots__ = ()
    datatype = XSD + "boolean"


class ComparableInteger(int):
    """An Integer that a filter can compare; `text` is how it is written."""

    text: Integer

    def __new__(cls, text: str) -> ComparableInteger:
        """Raises ValueError when Python cannot hold it."""
        number = super().__new__(cls, text)
        number.text = Integer(text)
        return number


class ComparableDouble(float):
    """A Double that a filter can compare; `text` is how it is written."""

    text: Double

    def __new__(cls, text: str) -> ComparableDouble:
        """Infinite when Python cannot hold it."""
        number = super().__new__(cls, text)
        number.text = Double(text)
        return number


TRUE, FALSE = Boolean("true"), Boolean("false")


def natural(value: str) -> str:
    """The literal of a value in N-Triples, with the datatype that it has by itself (RML-IO, JSON)."""
    if type(value) is not str and isinstance(value, Integer | Double | Boolean):
        return literal(value, datatype=value.datatype)
    return f'"{escape(value)}"'


def json_text(value: Any) -> str:
    """A decoded value as JSON, its numbers as they were written. Raises RecursionError when too deep."""
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{json_text(name)}: {json_text(member)}" for name, member in value.items()) + "}"
        )
    if isinstance(value, list):
        return f"[{', '.join(map(json_text, value))}]"
    if isinstance(value, Integer | Double):
        return str(value)
    if isinstance(value, ComparableInteger | ComparableDouble):
        return str(value.text)
    return json.dumps(value, ensure_ascii=False)
