"""Numbers that are written with their unit."""

from __future__ import annotations

import re

from kamara.loaders.errors import RecordError

_QUANTITY = re.compile(r"(?P<number>[+-]?[0-9]+(?:[.,][0-9]+)?)\s*(?P<unit>[^\s0-9.,+-].*)?")


def quantity(text: str, unit: str = "") -> str:
    """xsd:decimal of a number before its unit: `23.5 °C`, `12,7µg/m³`, `42`; a comma is a decimal point.

    When `unit` is given, a text with another one raises RecordError, as does a text that is no quantity:
    `1.234,5` is none, since its point may be either.
    """
    match = _QUANTITY.fullmatch(text.strip())
    if match is None or (unit and match["unit"] and match["unit"].strip() != unit):
        example = (
            f"a number in {unit}, such as 23.5 {unit}" if unit else "a number and its unit, such as 23.5 °C"
        )
        greek = f"αριθμός σε {unit}, όπως 23,5 {unit}" if unit else "αριθμός και η μονάδα του, όπως 23,5 °C"
        raise RecordError(f"{text} is not {example}", found=text, expected=example, expected_el=greek)
    return match["number"].replace(",", ".")
