"""Two coordinates in degrees, minutes and seconds that may be swapped: their letters tell them apart."""

from __future__ import annotations

from kamara.loaders.errors import RecordError
from kamara.loaders.rml.coordinates import EAST_WEST, NORTH_SOUTH, dms


def dms_longitude(first: str, second: str) -> str:
    """Decimal degrees of that text whose letter is of East or West.

    Raises RecordError unless the other one is of North or South, or when one is no coordinate.
    """
    return _ordered(first, second)[0]


def dms_latitude(first: str, second: str) -> str:
    """Decimal degrees of that text whose letter is of North or South. Raises as `dms_longitude` does."""
    return _ordered(first, second)[1]


def _ordered(first: str, second: str) -> tuple[str, str]:
    values = dms(first), dms(second)
    letters = first.strip()[-1], second.strip()[-1]
    if letters[0] in EAST_WEST and letters[1] in NORTH_SOUTH:
        return values
    if letters[0] in NORTH_SOUTH and letters[1] in EAST_WEST:
        return values[1], values[0]
    raise RecordError(
        f"{first}, {second}: not one of East or West and one of North or South",
        found=f"{first}, {second}",
        expected="a longitude and a latitude, each with its letter: 22° 56' 28'' Α, 40° 38' 15'' Β",
        expected_el="γεωγραφικό μήκος και πλάτος, καθένα με το γράμμα του: 22° 56' 28'' Α, 40° 38' 15'' Β",
    )
