"""How values are written for people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from pyoxigraph import Literal

from kamara.sparql.terms import XSD

_DECIMAL = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d*)(?:\.(?P<fraction>\d*))?\Z")
_DATE = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:T(?P<time>\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?)?(?P<zone>Z|[+-]\d{2}:\d{2})?\Z"
)
_WHOLE = {XSD + name for name in ("integer", "int", "long", "nonNegativeInteger", "positiveInteger", "short")}
_SIGNS = {"EUR": "€"}


@dataclass(frozen=True)
class Text:
    """A value that is no link: what is shown, and what a machine or a screen reader needs to know of it.

    `kind` is `text`, `number` or `time`; `machine` is the exact value of a number or time.
    """

    text: str
    kind: str = "text"
    language: str = ""
    machine: str = ""


class Formatter:
    """Writes literals in one language, whose texts it is given."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._months = texts["months"].split()

    def literal(self, value: Literal, currency: str = "") -> Text:
        """A literal as people read it. With a currency (ISO 4217) a decimal is an amount of money."""
        datatype = value.datatype.value
        if datatype == XSD + "decimal":
            return Text(self.decimal(value.value, currency), "number", machine=value.value)
        if datatype in _WHOLE:
            return Text(self.decimal(value.value), "number", machine=value.value)
        if datatype in {XSD + "date", XSD + "dateTime"}:
            return Text(self.day(value.value), "time", machine=value.value)
        if datatype == XSD + "boolean":
            return Text(self._texts["yes" if value.value in {"true", "1"} else "no"])
        return Text(value.value, language=value.language or "")

    def decimal(self, value: str, currency: str = "") -> str:
        """A decimal with the separators of the language; money has at least two fraction digits."""
        match = _DECIMAL.match(value)
        if match is None:
            return value
        whole, fraction = match["whole"] or "0", match["fraction"] or ""
        if currency:
            fraction = fraction.ljust(2, "0")
        grouped = f"{int(whole):,}".replace(",", self._texts["group_separator"])
        sign = "−" if match["sign"] == "-" else ""
        number = sign + grouped + (self._texts["decimal_separator"] + fraction if fraction else "")
        return f"{number}\u00a0{_SIGNS.get(currency, currency)}" if currency else number

    def day(self, value: str) -> str:
        """An xsd:date or xsd:dateTime in words; one that is no real day stays as it is."""
        match = _DATE.match(value)
        if match is None:
            return value
        try:
            day = date.fromisoformat(match["day"])
        except ValueError:
            return value
        written = f"{day.day} {self._months[day.month - 1]} {day.year}"
        if match["time"]:
            written += f", {match['time']}"
        zone = {"Z": "UTC", None: ""}.get(match["zone"], match["zone"])
        return f"{written} {zone}".rstrip()
