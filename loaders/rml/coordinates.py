"""Coordinates of Greek sources: degrees, minutes and seconds, and points in WKT."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from kamara.loaders.errors import RecordError

# The omicron and the Latin o stand in the city's sheets where a degree sign should.
_DMS = re.compile(
    r"(?P<degrees>[0-9]{1,3})\s*[°ºοo˚]\s*"
    r"(?:(?P<minutes>[0-9]{1,2}(?:[.,][0-9]+)?)\s*['’′΄´]\s*)?"
    r"(?:(?P<seconds>[0-9]{1,2}(?:[.,][0-9]+)?)\s*(?:''|\"|”|″|’’|′′|΄΄|´´)\s*)?"
    r"(?P<letter>[A-ZΑ-Ω])?"
)
# Greek: Βόρεια, Ανατολικά, Δυτικά. Greek Ν and Ε are keyboard slips for N and E: nothing that the city
# measures lies in the South, and no Greek word for a direction begins with Ε.
NORTH_SOUTH = {"N": 1, "Ν": 1, "Β": 1, "B": 1, "S": -1}
EAST_WEST = {"E": 1, "Ε": 1, "Α": 1, "A": 1, "W": -1, "Δ": -1}
# A hundredth of a second of arc is 3 in the sixth place: one place more keeps it.
_PLACES = Decimal("0.0000001")
_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")

_EXPECTED_DMS = ("degrees such as 40° 38' 01.4'' Β", "μοίρες όπως 40° 38' 01,4'' Β")
_EXPECTED_LON = ("a longitude from -180 to 180", "γεωγραφικό μήκος από -180 έως 180")
_EXPECTED_LAT = ("a latitude from -90 to 90", "γεωγραφικό πλάτος από -90 έως 90")


def dms(text: str) -> str:
    """Decimal degrees of `40° 38' 01.4'' Β`, as xsd:decimal with up to seven decimals.

    Minutes, seconds and the letter may be missing. Raises RecordError for other texts and for values that
    are none.
    """
    match = _DMS.fullmatch(text.strip())
    if match is None:
        raise _unexpected(text, _EXPECTED_DMS)
    minutes, seconds = (Decimal((match[part] or "0").replace(",", ".")) for part in ("minutes", "seconds"))
    letter = match["letter"] or ""
    sign = {**NORTH_SOUTH, **EAST_WEST, "": 1}.get(letter)
    value = Decimal(match["degrees"]) + minutes / 60 + seconds / 3600
    if sign is None or minutes >= 60 or seconds >= 60 or value > (90 if letter in NORTH_SOUTH else 180):
        raise _unexpected(text, _EXPECTED_DMS)
    return _plain((sign * value).quantize(_PLACES))


def wkt(lon: str, lat: str) -> str:
    """A point in WKT, in CRS84: `POINT(22.94 40.63)`, of degrees written with a decimal point.

    Raises RecordError when one is no number, or is out of range.
    """
    return f"POINT({longitude(lon)} {latitude(lat)})"


def longitude(text: str) -> str:
    """Degrees East with a decimal point, without superfluous zeros. Raises RecordError unless -180 to 180."""
    return _degrees(text, 180, _EXPECTED_LON)


def latitude(text: str) -> str:
    """Degrees North with a decimal point, without superfluous zeros. Raises RecordError unless -90 to 90."""
    return _degrees(text, 90, _EXPECTED_LAT)


def _degrees(text: str, limit: int, expected: tuple[str, str]) -> str:
    bare = text.strip()
    try:
        value = Decimal(bare) if _PLAIN.fullmatch(bare) else None
    except InvalidOperation:
        value = None
    if value is None or abs(value) > limit:
        raise _unexpected(text, expected)
    return _plain(value)


def _plain(value: Decimal) -> str:
    text = f"{value + 0:f}"  # without the sign of zero
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _unexpected(text: str, expected: tuple[str, str]) -> RecordError:
    english, greek = expected
    return RecordError(f"{text} is not {english}", found=text, expected=english, expected_el=greek)
