"""Values that know their own type: JSON's numbers and truth values, as the text that stands in the file."""

from __future__ import annotations

from kamara.sparql.terms import XSD, literal


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


TRUE, FALSE = Boolean("true"), Boolean("false")


def natural(value: str) -> str:
    """The literal of a value in N-Triples, with the datatype that it has by itself (RML-IO, JSON)."""
    if isinstance(value, Integer | Double | Boolean):
        return literal(value, datatype=value.datatype)
    return literal(value)
