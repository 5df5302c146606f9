"""An index over places: by position and by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import shapely
from shapely.prepared import prep

from kamara.loaders.places.names import Names


class Places:
    """Areas, each the polygon of a place, and the names of places. Places are IRIs; empty is none."""

    def __init__(self, areas: Iterable[tuple[str, shapely.Geometry]], names: Mapping[str, str]) -> None:
        ordered = sorted(areas, key=lambda area: (area[1].area, area[0]))
        self._places = [place for place, _ in ordered]
        self._shapes = [prep(shape) for _, shape in ordered]
        self._tree = shapely.STRtree([shape for _, shape in ordered])
        self._names = Names(names)

    def at(self, lon: float, lat: float) -> str:
        """The place whose area contains a position in degrees (CRS84); empty when none does.

        Borders belong to their areas. Of several areas the smallest has the position, of equal ones the one
        that is first by IRI.
        """
        point = shapely.Point(lon, lat)
        near = sorted(self._tree.query(point).tolist())
        inside = (index for index in near if self._shapes[index].intersects(point))
        first = next(inside, None)
        return "" if first is None else self._places[first]

    def named(self, text: str) -> str:
        """The place whose name stands in `text`, word for word; empty when none does.

        Case and accents do not count. Of several names the longest counts, of equally long ones the first.
        """
        return self._names.find(text)

    def called(self, text: str) -> str:
        """The place that has all of `text` as a name; empty when none has. Case and accents do not count."""
        return self._names.exactly(text)


NO_PLACES: Final = Places((), {})
