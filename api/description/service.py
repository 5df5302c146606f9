"""The service: its endpoint, languages, formats, features, limits, functions, graphs and saved queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kamara.api.description import contents, library
from kamara.api.description.declared import Limit, read_declared
from kamara.api.description.terms import PREFIXES, a, named, term
from kamara.api.reader import Reader
from kamara.config import Settings
from kamara.sparql.errors import UnpublishedError
from kamara.sparql.formats import FORMATS, Format, engine_format
from kamara.sparql.guard import Inspected
from kamara.sparql.queries import SavedQuery
from kamara.sparql.summary import Summary
from kamara.sparql.versions import Version

_LABEL = {"en": "SPARQL endpoint of the city's data", "el": "Σημείο SPARQL των δεδομένων της πόλης"}
_ENTAILMENT = NamedNode("http://www.w3.org/ns/entailment/Simple")


@dataclass(frozen=True)
class Described:
    """A description, and the version whose graphs it counts; None before anything is published."""

    body: bytes
    version: Version | None

    @property
    def headers(self) -> dict[str, str]:
        """The headers that let a cache keep it as long as the version stays."""
        if self.version is None:
            return {"Cache-Control": "no-store"}
        digest = blake2b(self.body, digest_size=12).hexdigest()
        return {
            "Cache-Control": "no-cache",
            "ETag": f'"{self.version.number}-{digest}"',
            "Kamara-Version": str(self.version.number),
        }


class ServiceDescription:
    """Describes the service whose graphs `reader` counts and whose saved queries these are.

    `inspected`: what the guard says of each saved query.
    """

    def __init__(
        self, reader: Reader, saved: Mapping[str, SavedQuery], inspected: Mapping[str, Inspected]
    ) -> None:
        self._reader = reader
        self._settings: Settings = reader.pool.settings
        self._saved = saved
        self._inspected = inspected
        self._declared = read_declared()

    def write(self, endpoint: str, chosen: Format) -> Described:
        """What the service at `endpoint` can do, as RDF in the chosen format.

        Asks workers for counts (once a version) and waits for them. Raises QueryError when they cannot say.
        """
        summary, version = self._summary()
        target = engine_format(chosen.media_type)
        assert isinstance(target, RdfFormat)
        prefixes = {**PREFIXES, "kam": self._own("")}
        # All of one thing together: the writers of Turtle and JSON-LD group what follows each other.
        triples = sorted(self._triples(NamedNode(endpoint), summary), key=lambda one: str(one.subject))
        written = serialize(triples, format=target, prefixes=prefixes)
        assert written is not None
        return Described(written, version)

    def _triples(self, service: NamedNode, summary: Summary | None) -> Iterator[Triple]:
        yield from a(service, "sd:Service")
        yield from named(service, "rdfs:label", _LABEL)
        yield Triple(service, term("sd:endpoint"), service)
        yield Triple(service, term("sd:supportedLanguage"), term("sd:SPARQL11Query"))
        yield Triple(service, term("sd:defaultEntailmentRegime"), _ENTAILMENT)
        for item in FORMATS:
            yield Triple(service, term("sd:resultFormat"), NamedNode(item.iri))
        for feature in self._features():
            yield Triple(service, term("sd:feature"), term(feature))
        for name, function in sorted(self._declared.function.items()):
            yield Triple(service, term("sd:extensionFunction"), term(f"geof:{name}"))
            yield from a(term(f"geof:{name}"), "sd:Function")
            yield from named(term(f"geof:{name}"), "rdfs:label", function.label)
        for limit in self._declared.limit:
            yield from self._limit(service, limit)
        yield from contents.told(service, self._settings.base_iri, summary)
        for name, saved in self._saved.items():
            place = f"{service.value.removesuffix('sparql')}query/{name}"
            yield from library.told(saved, self._inspected[name].form, place, service)

    def _features(self) -> Iterator[str]:
        yield "sd:EmptyGraphs"
        if self._settings.default_graph == "union":
            yield "sd:UnionDefaultGraph"
        if self._settings.query.service_allow:
            yield "sd:BasicFederatedQuery"

    def _limit(self, service: NamedNode, limit: Limit) -> Iterator[Triple]:
        node = NamedNode(f"{service.value}#limit-{limit.setting}")
        yield Triple(service, NamedNode(self._own("limit")), node)
        yield Triple(node, term("schema:name"), Literal(limit.setting))
        yield from named(node, "rdfs:label", limit.label)
        yield Triple(node, term("schema:value"), Literal(limit.value(self._settings)))
        yield Triple(node, term("schema:unitText"), Literal(limit.unit))

    def _summary(self) -> tuple[Summary | None, Version | None]:
        try:
            return self._reader.summary()
        except UnpublishedError:
            return None, None

    def _own(self, name: str) -> str:
        return f"{self._settings.base_iri}def/{name}"
