"""Which terms exist: ours, those of well-known vocabularies, and those listed in ontology/external/."""

from __future__ import annotations

import difflib
import inspect
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

import pyoxigraph as ox
from rdflib import namespace as rdflib_namespaces

from kamara.loaders.check.turtle import TurtleFile

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
# RDF 1.1 Concepts, section 5.1, and the datatypes of RDF and GeoSPARQL.
_XSD_DATATYPES = (
    *("string", "boolean", "decimal", "integer", "double", "float", "anyURI", "hexBinary", "base64Binary"),
    *("date", "time", "dateTime", "dateTimeStamp", "gYear", "gMonth", "gDay", "gYearMonth", "gMonthDay"),
    *("duration", "yearMonthDuration", "dayTimeDuration", "byte", "short", "int", "long"),
    *("unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong"),
    *("positiveInteger", "nonNegativeInteger", "negativeInteger", "nonPositiveInteger"),
    *("language", "normalizedString", "token", "NMTOKEN", "Name", "NCName"),
)
DATATYPES = frozenset(
    {f"{_XSD}{name}" for name in _XSD_DATATYPES}
    | {f"{_RDF}{name}" for name in ("langString", "HTML", "XMLLiteral", "JSON")}
    | {
        f"http://www.opengis.net/ont/geosparql#{name}"
        for name in ("wktLiteral", "geoJSONLiteral", "gmlLiteral")
    }
)


@cache
def bundled_terms() -> dict[str, frozenset[str]]:
    """The terms of the vocabularies that rdflib brings along, by namespace."""
    kinds = (value for _, value in inspect.getmembers(rdflib_namespaces, inspect.isclass))
    return {
        str(kind._NS): frozenset(f"{kind._NS}{name}" for name in (*kind.__annotations__, *kind._extras))
        for kind in kinds
        if issubclass(kind, rdflib_namespaces.DefinedNamespace) and "_NS" in vars(kind)
    }


class Terms:
    """All known terms. In a namespace of which we know a term, what we do not know is a mistake."""

    def __init__(self, base_iri: str, ours: Iterable[TurtleFile], extra: Iterable[str] = ()) -> None:
        self._ours = tuple(f"{base_iri}{part}/" for part in ("def", "code"))
        # Compiling a mapping shows whether its functions exist.
        self._functions = f"{base_iri}def/fn/"
        self._known: dict[str, set[str]] = defaultdict(set)
        for namespace, names in bundled_terms().items():
            self._known[namespace] = set(names)
        for iri in (*_typed(ours), *extra):
            self._known[namespace_of(iri)].add(iri)
        self._all = {iri for names in self._known.values() for iri in names}

    def knows(self, iri: str) -> bool:
        """Whether `iri` is a term that exists."""
        return iri in self._all or iri.startswith(f"{_RDF}_")

    def closed(self, iri: str) -> bool:
        """Whether `iri` lies in a namespace whose terms we know: then it must be one of them."""
        if iri.startswith(self._functions):
            return False
        return iri.startswith(self._ours) or namespace_of(iri) in self._known

    def remedy(self, iri: str) -> str:
        """What to do about the unknown `iri`: the nearest known term, or where to add it."""
        near = self._nearest(iri)
        if near:
            return f"did you mean {near}?"
        if iri.startswith(self._ours):
            return "define it in ontology/, or correct the name"
        return "correct the name, or list the term in ontology/external/"

    def _nearest(self, iri: str) -> str:
        """The known term that `iri` is most likely a slip of: one of its namespace, else one much like it."""
        namespace = namespace_of(iri)
        siblings = sorted(known.removeprefix(namespace) for known in self._known.get(namespace, ()))
        near = difflib.get_close_matches(iri.removeprefix(namespace), siblings, n=1)
        if near:
            return namespace + near[0]
        return next(iter(difflib.get_close_matches(iri, sorted(self._all), n=1, cutoff=0.9)), "")


def namespace_of(iri: str) -> str:
    """`iri` up to and with its last `#`, or else its last `/`."""
    return iri[: max(iri.rfind("#"), iri.rfind("/") if "#" not in iri else -1) + 1]


def _typed(files: Iterable[TurtleFile]) -> set[str]:
    return {
        triple.subject.value
        for file in files
        for triple in file.triples
        if triple.predicate.value == f"{_RDF}type" and isinstance(triple.subject, ox.NamedNode)
    }
