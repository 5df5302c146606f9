"""The text of a cell of a workbook, whatever kind of workbook it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any


def cell_texts(values: Iterable[Any]) -> list[str]:
    """The texts of a row's cells, without the empty ones at its end.

    Numbers are as short as they can be (`5`, `2.5`), dates and times in ISO 8601, truth values `true` or
    `false`.
    """
    texts = [_text(value) for value in values]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)
