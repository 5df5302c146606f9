"""Places as published datasets describe them: areas and names, from their lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox
import shapely

from kamara.loaders.places.index import NO_PLACES, Places
from kamara.loaders.places.names import words
from kamara.sparql.terms import RDF_TYPE

_GEO = "http://www.opengis.net/ont/geosparql#"
_WKT = ox.NamedNode(f"{_GEO}wktLiteral")
_FEATURE = f"{_GEO}Feature"
_NAMES = (
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://www.w3.org/2004/02/skos/core#altLabel",
    "http://www.w3.org/2004/02/skos/core#hiddenLabel",
)
_AREAS = ("Polygon", "MultiPolygon")


def read_places(content: Iterable[str], base_iri: str) -> Places:
    """The index over all places in lines of N-Triples.

    An area is a polygon that is the geo:asWKT of a place's geo:hasGeometry, or of what says that it is the
    kam:geometryOf a place. Names are the labels of each geo:Feature; one that two places share is none.
    """
    found = _Found(base_iri)
    for line in content:
        found.take(line)
    return found.places() if found.shapes or found.names else NO_PLACES


class _Found:
    def __init__(self, base_iri: str) -> None:
        self._owner_first = f"{_GEO}hasGeometry"
        self._shape_first = f"{base_iri}def/geometryOf"
        wanted = (f"{_GEO}asWKT", self._owner_first, self._shape_first, RDF_TYPE, *_NAMES)
        self._wanted = frozenset(f"<{predicate}>" for predicate in wanted)
        self._features: set[str] = set()
        self._owners: dict[str, str] = {}
        self.shapes: dict[str, shapely.Geometry] = {}
        self.names: dict[str, set[str]] = defaultdict(set)

    def take(self, line: str) -> None:
        if line.split(" ", 2)[1] not in self._wanted:
            return
        (quad,) = ox.parse(line, format=ox.RdfFormat.N_TRIPLES)
        subject, predicate, value = quad.subject, quad.predicate.value, quad.object
        if not isinstance(subject, ox.NamedNode):
            return
        if isinstance(value, ox.NamedNode):
            self._take_link(subject.value, predicate, value.value)
        elif isinstance(value, ox.Literal) and predicate in _NAMES:
            self.names[subject.value].add(value.value)
        elif isinstance(value, ox.Literal) and value.datatype == _WKT:
            self._take_shape(subject.value, value.value)

    def _take_link(self, subject: str, predicate: str, value: str) -> None:
        if predicate == self._owner_first:
            self._owners[value] = subject
        elif predicate == self._shape_first:
            self._owners[subject] = value
        elif value == _FEATURE:
            self._features.add(subject)

    def _take_shape(self, subject: str, text: str) -> None:
        shape = shapely.from_wkt(text, on_invalid="ignore")
        if shape is not None and shape.geom_type in _AREAS and shape.is_valid:
            self.shapes[subject] = shape

    def places(self) -> Places:
        owned = (
            (self._owners[subject], shape)
            for subject, shape in self.shapes.items()
            if subject in self._owners
        )
        return Places(owned, self._unambiguous())

    def _unambiguous(self) -> dict[str, str]:
        """Each name that only one feature has, by its words, and that feature."""
        claims: dict[tuple[str, ...], set[str]] = defaultdict(set)
        spelled: dict[tuple[str, ...], str] = {}
        for place in self._features & self.names.keys():
            for name in self.names[place]:
                claims[words(name)].add(place)
                spelled[words(name)] = name
        return {spelled[key]: next(iter(places)) for key, places in claims.items() if len(places) == 1}
