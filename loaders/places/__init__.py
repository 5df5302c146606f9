"""Places: which one contains a position, which one a text names, and their shapes as WKT."""

from kamara.loaders.places.geojson import geo_wkt
from kamara.loaders.places.index import NO_PLACES, Places
from kamara.loaders.places.reading import read_places

__all__ = ["NO_PLACES", "Places", "geo_wkt", "read_places"]
