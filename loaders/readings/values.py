"""The value of a reading: a number, a truth value, or a text with a number and perhaps its unit."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from kamara.loaders.errors import RecordError
from kamara.loaders.formats.values import Boolean, Double, Integer
from kamara.loaders.readings.table import Rule

_TEXT = re.compile(
    r"(?P<number>[+-]?[0-9]+(?:[.,][0-9]+)?(?:[eE][+-]?[0-9]{1,3})?)\s*(?P<unit>[^\s0-9.,+-].*)?"
)
_FLAGS = {"true": Decimal(1), "false": Decimal(0)}
# What xsd:decimal holds in the store: more decimals than a double has.
_PLACES = 18
_LARGEST = 15


def unit_of(value: Any) -> str:
    """The unit that stands in a value, empty when there is none."""
    match = _TEXT.fullmatch(value.strip()) if isinstance(value, str) else None
    return (match["unit"] or "").strip() if match else ""


def result(key: str, value: Any, rule: Rule) -> str:
    """The result of the `value` of `key` under `rule`, as xsd:decimal with all digits that the source gives.

    Raises RecordError for what is no number, and for a unit that is not the rule's.
    """
    number = _number(key, value, rule) * rule.scale + rule.offset
    if number.adjusted() > _LARGEST:
        raise _unexpected(key, value, rule)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _PLACES:
        number = round(number, _PLACES)
    return f"{number:f}"


def _number(key: str, value: Any, rule: Rule) -> Decimal:
    if isinstance(value, bool | Boolean):
        return _FLAGS[str(value).lower()]
    if isinstance(value, Integer | Double):
        return Decimal(str(value))
    text = str(value).strip()
    word = rule.words.get(text.casefold())
    if word is not None:
        return word
    match = _TEXT.fullmatch(text)
    if match is None or (match["unit"] and match["unit"].strip() != rule.unit):
        raise _unexpected(key, value, rule)
    return Decimal(match["number"].replace(",", "."))


def _unexpected(key: str, value: Any, rule: Rule) -> RecordError:
    unit = f" {rule.unit}" if rule.unit else ""
    words = "".join(f", {word}" for word in rule.words)
    return RecordError(
        f"{key} holds {value}",
        column=key,
        found=str(value),
        expected=f"{key}: a number{unit and ' in' + unit}{words}",
        expected_el=f"{key}: αριθμός{unit and ' σε' + unit}{words}",
    )
