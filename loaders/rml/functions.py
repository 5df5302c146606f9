"""The functions that a mapping may call, `<base>def/fn/NAME`, with parameters `<base>def/fn/PARAMETER`.

Each takes texts and gives a text; when an input is missing in a record, there is no result and no triple.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kamara.loaders.errors import MappingError, RecordError
from kamara.loaders.places import NO_PLACES, Places, geo_wkt
from kamara.loaders.privacy.policy import STRICT, Policy
from kamara.loaders.privacy.redact import redact
from kamara.loaders.rml.budgetcodes import ka_group, ka_number, ka_service
from kamara.loaders.rml.codelists import CodeLists
from kamara.loaders.rml.conditions import web_address, when
from kamara.loaders.rml.coordinates import dms, latitude, longitude, wkt
from kamara.loaders.rml.dates import athens_date, athens_date_time, day_end, iso_date
from kamara.loaders.rml.dmspair import dms_latitude, dms_longitude
from kamara.loaders.rml.legalpersons import legal_afm, legal_name
from kamara.loaders.rml.mentions import mentioned
from kamara.loaders.rml.naming import safe_iri, slug
from kamara.loaders.rml.publishing import Publishing
from kamara.loaders.rml.quantities import quantity
from kamara.loaders.rml.zones import zoned_date_time
from kamara.sparql.terms import key_part

_GREEK_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]+)?")
_VALUES = tuple(f"value{number}" for number in range(1, 10))
_PARTS = tuple(f"part{number}" for number in range(1, 10))


@dataclass(frozen=True)
class Function:
    """A function and its parameters: the first `required` ones must be given, the others in their order."""

    name: str
    call: Callable[..., str]
    parameters: tuple[str, ...]
    required: int


class FunctionRegistry:
    """The functions under one base IRI, with the code lists and places that look-ups need."""

    def __init__(
        self, base_iri: str, code_lists: CodeLists, *, places: Places = NO_PLACES, privacy: Policy = STRICT
    ) -> None:
        self.base_iri = base_iri
        self._code_lists = code_lists
        self._places = places
        self._publishing = Publishing(privacy)
        self._functions = {function.name: function for function in self._all()}

    def _all(self) -> tuple[Function, ...]:
        lists = self._code_lists
        return (
            Function("greekDecimal", greek_decimal, ("text",), 1),
            Function("athensDate", athens_date, ("text",), 1),
            Function("athensDateTime", athens_date_time, ("text",), 1),
            Function("dayEnd", day_end, ("text",), 1),
            Function("zonedDateTime", zoned_date_time, ("text", "zone"), 2),
            Function("isoDate", iso_date, ("text",), 1),
            Function("quantity", quantity, ("text", "unit"), 1),
            Function("dms", dms, ("text",), 1),
            Function("dmsLongitude", dms_longitude, ("part1", "part2"), 2),
            Function("dmsLatitude", dms_latitude, ("part1", "part2"), 2),
            Function("wkt", wkt, ("lon", "lat"), 2),
            Function("geoWkt", geo_wkt, ("text",), 1),
            Function("placeAt", self._place_at, ("lon", "lat"), 2),
            Function("placeCalled", self._places.called, ("text",), 1),
            Function("placeNamed", self._places.named, ("text",), 1),
            Function("redact", redact, ("text",), 1),
            Function("publishable", self._publishing.text, ("text", "moderated"), 2),
            Function("moderated", self._publishing.moderated, (), 0),
            Function("coarseWkt", self._publishing.coarse_wkt, ("lon", "lat"), 2),
            Function("gridMetres", self._publishing.grid_metres, (), 0),
            Function("isOneOf", is_one_of, ("text", *_VALUES), 2),
            Function("when", when, ("text", "value", "equals"), 3),
            Function("webAddress", web_address, ("text",), 1),
            Function("legalAfm", legal_afm, ("afm", "name"), 2),
            Function("legalName", legal_name, ("afm", "name"), 2),
            Function("kaService", ka_service, ("text",), 1),
            Function("kaNumber", ka_number, ("text", "bare"), 1),
            Function("kaGroup", ka_group, ("text", "bare"), 1),
            Function("slug", slug, ("text",), 1),
            Function("safeIri", safe_iri, ("text",), 1),
            Function("trim", str.strip, ("text",), 1),
            Function("lower", str.lower, ("text",), 1),
            Function("upper", str.upper, ("text",), 1),
            Function("before", before, ("text", "separator"), 2),
            Function("after", after, ("text", "separator"), 2),
            Function("keyPart", key_part, ("text",), 1),
            Function("concat", concat, _PARTS, 1),
            Function("join", join, ("separator", *_PARTS), 2),
            Function(
                "lookup", lambda scheme, text: lists.scheme(scheme).find(text).iri, ("scheme", "text"), 2
            ),
            Function(
                "mentioned",
                lambda scheme, text: mentioned(lists.scheme(scheme), text),
                ("scheme", "text"),
                2,
            ),
            Function(
                "label",
                lambda scheme, text, language, default: lists.scheme(scheme).label(text, language) or default,
                ("scheme", "text", "language", "default"),
                4,
            ),
            Function("known", self._known, ("scheme", "text", "otherwise"), 2),
            Function(
                "notation",
                lambda scheme, text: lists.scheme(scheme).find(text).notation,
                ("scheme", "text"),
                2,
            ),
        )

    def _place_at(self, lon: str, lat: str) -> str:
        return self._places.at(float(longitude(lon)), float(latitude(lat)))

    def _known(self, scheme: str, text: str, otherwise: str = "") -> str:
        """The concept that a text names; when none or several do, the one that `otherwise` names, or none."""
        concepts = self._code_lists.scheme(scheme)
        try:
            return concepts.find(text).iri
        except RecordError:
            return concepts.find(otherwise).iri if otherwise else ""

    def bind(self, iri: str, constants: Mapping[str, str | None]) -> tuple[Function, tuple[str, ...]]:
        """The function `iri` and, in calling order, the parameter IRIs of `constants`.

        `constants` has each given parameter, by IRI, and its text when that is the same for each record.
        Raises MappingError when there is no such function, parameter or code list, or a parameter is missing.
        """
        namespace = f"{self.base_iri}def/fn/"
        function = self._functions.get(iri.removeprefix(namespace)) if iri.startswith(namespace) else None
        if function is None:
            known = ", ".join(sorted(self._functions))
            raise MappingError(f"no function <{iri}>", remedy=f"known in {namespace}: {known}")
        order = tuple(namespace + parameter for parameter in function.parameters)
        for given in constants:
            if given not in order:
                known = ", ".join(function.parameters)
                raise MappingError(f"{function.name} has no parameter <{given}>", remedy=f"it has {known}")
        for parameter in order[: function.required]:
            if parameter not in constants:
                raise MappingError(f"{function.name} needs <{parameter}>", remedy="add it as an input")
        scheme = constants.get(f"{namespace}scheme")
        if scheme is not None:
            self._code_lists.scheme(scheme)
        return function, tuple(parameter for parameter in order if parameter in constants)


def greek_decimal(text: str) -> str:
    """xsd:decimal of a Greek number: `1.234,56`, `1234,56`, `-0,50`. Raises RecordError for others."""
    if _GREEK_DECIMAL.fullmatch(text) is None:
        raise RecordError(
            f"{text} is not a Greek decimal",
            found=text,
            expected="a Greek decimal such as 1.234,56",
            expected_el="ελληνικός δεκαδικός όπως 1.234,56",
        )
    return text.replace(".", "").replace(",", ".")


def is_one_of(text: str, *values: str) -> str:
    """xsd:boolean: whether the text is one of the values."""
    return "true" if text in values else "false"


def before(text: str, separator: str) -> str:
    """The text before the first `separator`; all of it when there is none."""
    return text.partition(separator)[0]


def after(text: str, separator: str) -> str:
    """The text after the first `separator`; nothing when there is none."""
    return text.partition(separator)[2]


def concat(*parts: str) -> str:
    """The parts one after the other."""
    return "".join(parts)


def join(separator: str, *parts: str) -> str:
    """The parts with `separator` between them."""
    return separator.join(parts)
