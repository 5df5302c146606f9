"""Geometries of GeoJSON (RFC 7946, section 3.1) as Well-Known Text."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import shapely

from kamara.loaders.errors import RecordError

_SHOWN = 80
_TYPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")
_EXPECTED = ("a geometry of GeoJSON with coordinates", "γεωμετρία GeoJSON με συντεταγμένες")
_DEGREES = (
    "longitudes from -180 to 180 and latitudes from -90 to 90 (WGS84)",
    "γεωγραφικά μήκη από -180 έως 180 και πλάτη από -90 έως 90 (WGS84)",
)
_VALID = (
    "a polygon whose lines do not cross themselves",
    "πολύγωνο που οι γραμμές του δεν τέμνονται μεταξύ τους",
)


def geo_wkt(text: str) -> str:
    """The WKT, in CRS84, of a geometry object of GeoJSON that has coordinates. Heights are left out.

    Raises RecordError when it is none, is empty, is not in degrees, or is not valid (OGC Simple Features),
    with the place where it is not.
    """
    wkt = _wkt(text)
    geometry = shapely.from_wkt(wkt)
    west, south, east, north = geometry.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise _refused(f"{west} {south} {east} {north}", _DEGREES)
    if not geometry.is_valid:
        raise _refused(str(shapely.is_valid_reason(geometry)), _VALID)
    return wkt


def _wkt(text: str) -> str:
    """Any WKT that can be read and is not empty."""
    try:
        content = json.loads(text)
        kind, coordinates = content["type"], _coordinates(content["coordinates"])
        wkt = f"{kind.upper()} {f'({coordinates})' if kind == 'Point' else coordinates}"
        if kind in _TYPES and not shapely.from_wkt(wkt).is_empty:
            return wkt
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        raise _refused(text[:_SHOWN], _EXPECTED) from error
    except shapely.errors.ShapelyError as error:
        raise _refused(str(error).partition("\n")[0], _EXPECTED) from error
    raise _refused(text[:_SHOWN], _EXPECTED)


def _coordinates(value: Any) -> str:
    if isinstance(value[0], list):
        return f"({', '.join(map(_coordinates, value))})"
    lon, lat = (Decimal(repr(number)) for number in value[:2])
    return f"{lon:f} {lat:f}"


def _refused(found: str, expected: tuple[str, str]) -> RecordError:
    english, greek = expected
    return RecordError(f"{found} is not {english}", found=found, expected=english, expected_el=greek)
