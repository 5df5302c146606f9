"""How many things a simulated city has: proportional to its scale."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

_WORKING_SHARE = 5 / 7
YEAR_DAYS = 365


@dataclass(frozen=True)
class Counts:
    """Numbers of things at a scale. Scale 1 is a city with 20 stations, 4,000 reports and 2,000 decisions.

    Below scale 1 a budget has fewer lines and fewer days, both by the square root of the scale, so that its
    rows are in proportion; above it the year is full and the lines grow.
    """

    stations: int
    station_days: int
    devices: int
    device_days: int
    issues: int
    requests: int
    requests_xml: int
    decisions: int
    meetings: int
    budget_days: int
    expenditure_lines: int
    revenue_lines: int
    monuments: int
    heritage_records: int
    oai_records: int
    units: int
    streets: int

    @property
    def reports(self) -> int:
        """Citizens' reports of all three kinds."""
        return self.issues + self.requests + self.requests_xml


def counts_at(scale: float, days: int = YEAR_DAYS) -> Counts:
    """The counts at `scale` (above 0), of the first `days` of the year."""
    part = sqrt(scale) if scale < 1 else 1.0
    lines = sqrt(scale) if scale < 1 else scale
    return Counts(
        stations=_some(20, scale),
        station_days=days,
        devices=_some(20, scale),
        device_days=days,
        issues=_some(3200, scale),
        requests=_some(600, scale),
        requests_xml=_some(200, scale),
        decisions=_some(2000, scale),
        meetings=_some(24, scale),
        budget_days=max(5, round(days * _WORKING_SHARE * part)),
        expenditure_lines=_some(1157, lines),
        revenue_lines=_some(267, lines),
        monuments=_some(100, scale),
        heritage_records=_some(60, scale),
        oai_records=_some(40, scale),
        units=_some(40, scale),
        streets=_some(200, scale),
    )


def _some(number: int, scale: float) -> int:
    return max(2, round(number * scale))
