"""Positions coarsened to the centres of squares."""

from __future__ import annotations

from math import cos, floor, radians

METRES_PER_DEGREE = 111_195.08
"""Of latitude, on a sphere of 6,371,008.8 m."""


def snap(lon: float, lat: float, metres: float) -> tuple[float, float]:
    """The centre of the square with this side, in metres, that holds a point (decimal degrees, CRS84).

    The centre of a square is in that square: snapping twice is snapping once.
    """
    step = metres / METRES_PER_DEGREE
    row = _centre(lat, step, 90.0)
    # Squares get wider in degrees towards the poles, up to the whole circle.
    width = min(step / max(cos(radians(row)), 1e-9), 360.0)
    return _centre(lon, width, 180.0), row


def _centre(value: float, step: float, limit: float) -> float:
    centre = (floor(value / step) + 0.5) * step
    return max(-limit, min(limit, centre))
