"""Sheets with a reading in each column and a day in each row, as the city's air-quality workbook has them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kamara.loaders.errors import RecordError
from kamara.loaders.readings.table import DATE, IGNORED, ReadingsTable
from kamara.loaders.readings.unfolding import Content, Gathered, is_missing, lacking

_FILLERS = re.compile(r"[\s()\[\]^_\-‐–]+")
# Greek capitals that look like Latin ones.
_LOOKALIKES = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
_MICRO = re.compile("μ(?=[gG])")
# A capital Mu before g may be milli or micro: it is neither.
_UNCLEAR = re.compile("Μ(?=[gG])")


def normal_heading(text: str) -> str:
    """A heading as it is looked up: without spaces, line breaks, hyphens, brackets, accents and capitals.

    Greek letters in the place of Latin ones (`Ο3`, `ΡΜ10`) and the two micro signs are the same; mg and μg
    are not.
    """
    plain = _UNCLEAR.sub("?", _MICRO.sub("u", unicodedata.normalize("NFKC", text)))
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))
    return _FILLERS.sub("", bare).upper().translate(_LOOKALIKES).replace(",", ".")


@dataclass(frozen=True)
class Columns:
    """Takes rows apart. The first heading is the sheet's title; the cells under it, such as years, are none.

    A cell that fits `missing` as a whole holds no value.
    """

    table: ReadingsTable
    missing: re.Pattern[str]

    def __call__(self, content: Mapping[str, Any]) -> list[Content]:
        """See `Unfolding`. A row with nothing outside of the first column is no record."""
        rules_of, title = self.table.models[""].rules, next(iter(content))
        cells = dict(content)
        if normal_heading(title) not in rules_of:
            del cells[title]
        if all(is_missing(value) for value in cells.values()):
            return []
        gathered, day = Gathered(), ""
        for heading, value in cells.items():
            rules = rules_of.get(normal_heading(heading), ())
            use = rules[0].use if rules else ""
            if use == DATE:
                day = value.strip()
            elif use != IGNORED and not is_missing(value) and not self.missing.fullmatch(value.strip()):
                gathered.take(heading, value, rules[0] if rules else None)
        if gathered.unmapped:
            raise _unknown_column(gathered.unmapped[0], cells)
        if not day:
            raise lacking("date", "the day of the readings", "η ημέρα των μετρήσεων")
        return gathered.unfolded({}, {"title": title if title not in cells else "-", "date": day})


def _unknown_column(heading: str, cells: Mapping[str, str]) -> RecordError:
    return RecordError(
        f"the column {heading} is not known",
        column=heading,
        found=cells[heading],
        expected=f"{heading}: a column that the source's table of readings has, with its unit",
        expected_el=f"{heading}: στήλη που υπάρχει στον πίνακα μετρήσεων της πηγής, με τη μονάδα της",
    )
