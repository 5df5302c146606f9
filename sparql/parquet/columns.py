"""Columns of an answer: which type of Parquet holds every value of one, and its values in that type.

| terms of the column | type |
| --- | --- |
| xsd:integer and those derived from it, of at most 18 digits | INT64 |
| xsd:decimal, also with integers | DECIMAL(38) with as many decimal places as needed |
| xsd:double; xsd:float | DOUBLE; FLOAT |
| xsd:boolean | BOOLEAN |
| xsd:date without a time zone | DATE |
| xsd:dateTime, all with a time zone | TIMESTAMP in microseconds, UTC |
| xsd:dateTime, all without one | TIMESTAMP in microseconds, local |
| all else, and whatever is mixed | STRING |

The metadata `term` of a column says of what type its terms are (`kamara.sparql.parquet.cells`). Where they
are not all of one, a second column `NAME:type` says it of each value.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from kamara.sparql.parquet.cells import texts, types
from kamara.sparql.terms import XSD

_INTEGERS = (
    "integer",
    "byte",
    "short",
    "int",
    "long",
    "unsignedByte",
    "unsignedShort",
    "unsignedInt",
    "unsignedLong",
    "nonNegativeInteger",
    "positiveInteger",
    "nonPositiveInteger",
    "negativeInteger",
)
_DIGITS = 38
_UTC, _LOCAL = pa.timestamp("us", "UTC"), pa.timestamp("us")
_DECIMAL = pa.decimal128(_DIGITS, 0)
_DAY = r"(?:000[1-9]|00[1-9]\d|0[1-9]\d\d|[1-9]\d{3})-\d\d-\d\d"
_TIME = _DAY + r"T\d\d:\d\d:\d\d(?:\.\d{1,6})?"

# Datatype -> what a value must look like for a type of Parquet to hold it; the first that fits all is taken.
_FITTING: Mapping[str, tuple[tuple[str, pa.DataType], ...]] = {
    **{XSD + name: ((r"^-?\d{1,18}$", pa.int64()),) for name in _INTEGERS},
    XSD + "decimal": ((r"^-?\d{1,20}(?:\.\d{1,18})?$", _DECIMAL),),
    XSD + "double": ((r"^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|-?INF|NaN)$", pa.float64()),),
    XSD + "float": ((r"^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|-?INF|NaN)$", pa.float32()),),
    XSD + "boolean": ((r"^(?:true|false)$", pa.bool_()),),
    XSD + "date": ((f"^{_DAY}$", pa.date32()),),
    XSD + "dateTime": ((f"^{_TIME}(?:Z|[+-]\\d\\d:\\d\\d)$", _UTC), (f"^{_TIME}$", _LOCAL)),
    XSD + "dateTimeStamp": ((f"^{_TIME}(?:Z|[+-]\\d\\d:\\d\\d)$", _UTC),),
}


class Column:
    """One column: first `look` at all its cells, then `write` them."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._types: set[str] = set()
        self._held: set[pa.DataType] = set()
        self._whole = 18
        self._places = 0

    def look(self, cells: pa.Array) -> None:
        """Take account of some cells (TSV terms; null without a value)."""
        of_cells, values = types(cells), texts(cells)
        for one in pc.unique(of_cells.drop_null()).to_pylist():
            self._types.add(one)
            self._look_at(one, values.filter(pc.equal(of_cells, one)))

    def fields(self) -> list[pa.Field]:
        """The fields of the schema that hold this column."""
        if len(self._types) < 2:
            told = {b"term": next(iter(self._types), "").encode()}
            return [pa.field(self.name, self._type(), metadata=told)]
        return [pa.field(self.name, self._type()), pa.field(f"{self.name}:type", pa.string())]

    def write(self, cells: pa.Array) -> list[pa.Array]:
        """The cells as arrays for `fields`."""
        values = pc.cast(texts(cells), self._type())
        return [values] if len(self._types) < 2 else [values, types(cells)]

    def _look_at(self, datatype: str, values: pa.Array) -> None:
        held = _holding(datatype, values)
        self._held.add(held)
        if held == _DECIMAL:
            parts = pc.extract_regex(values, r"^-?(?P<whole>\d+)(?:\.(?P<places>\d+))?$")
            self._whole = max(self._whole, _longest(parts, "whole"))
            self._places = max(self._places, _longest(parts, "places"))

    def _type(self) -> pa.DataType:
        if _DECIMAL in self._held and self._held <= {_DECIMAL, pa.int64()}:
            return pa.decimal128(_DIGITS, self._places)
        return next(iter(self._held)) if len(self._held) == 1 else pa.string()


def _holding(datatype: str, values: pa.Array) -> pa.DataType:
    """The type that holds all these values of one datatype."""
    for pattern, holding in _FITTING.get(datatype, ()):
        if pc.all(pc.match_substring_regex(values, pattern)).as_py() and _casts(values, holding):
            return holding
    return pa.string()


def _casts(values: pa.Array, holding: pa.DataType) -> bool:
    """Whether no value is out of range (30 February, 25 o'clock)."""
    if holding == _DECIMAL:
        return True
    try:
        pc.cast(values, holding)
    except pa.ArrowInvalid:
        return False
    return True


def _longest(parts: pa.Array, name: str) -> int:
    return int(pc.max(pc.utf8_length(pc.struct_field(parts, name))).as_py() or 0)
