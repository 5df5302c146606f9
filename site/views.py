"""What the page of a thing shows, ready for its template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from pyoxigraph import Literal, NamedNode

from kamara.site.addresses import Addresses, Links
from kamara.site.prefixes import Prefixes
from kamara.site.texts import Language
from kamara.site.values import Formatter, Text
from kamara.sparql.document import Document, Referrers
from kamara.sparql.labels import Labels
from kamara.sparql.terms import RDF_TYPE

_CURRENCY = "http://data.openbudgets.eu/ontology/dsd/attribute/currency"
_LABELS = {
    "http://www.w3.org/2000/01/rdf-schema#label",
    "http://www.w3.org/2004/02/skos/core#prefLabel",
    "http://purl.org/dc/terms/title",
}
_UNFOLDED = 12


@dataclass(frozen=True)
class Link:
    """A term: its name, its compact IRI, and where it leads (empty where it must not be followed)."""

    name: str
    language: str
    compact: str
    href: str


@dataclass(frozen=True)
class Facts:
    """The values of one property: those shown at once, and those folded away."""

    property: Link
    shown: tuple[Link | Text, ...]
    folded: tuple[Link | Text, ...]
    note: str = ""


@dataclass(frozen=True)
class ThingView:
    """The page of one thing in one language."""

    title: str
    title_language: str
    iri: str
    types: tuple[Link, ...]
    facts: tuple[Facts, ...]
    incoming: tuple[Facts, ...]
    sources: tuple[Link, ...]


class Viewer:
    """Makes views in one language, for pages that lie at `root` (see Frame)."""

    def __init__(
        self,
        language: Language,
        texts: Mapping[str, str],
        *,
        vocabulary: Labels,
        prefixes: Prefixes,
        addresses: Addresses,
        links: Links,
    ) -> None:
        self.language = language
        self.texts = texts
        self._vocabulary = vocabulary
        self._prefixes = prefixes
        self._addresses = addresses
        self._links = links
        self.formatter = Formatter(texts)
        self.simulated = addresses.base_iri + "def/simulated"

    def thing(self, document: Document, root: str) -> ThingView:
        """What the page of a thing shows."""
        labels = document.labels
        types = tuple(self.link(iri, labels, root) for iri in document.types)
        name, language = self._name(document.thing, labels)
        if not labels.of(document.thing):
            kind = types[0].name if types else self.texts["thing_untitled"]
            name = f"{kind} {name.partition('/')[2] or name}"
        datasets = (self._addresses.dataset(graph) for graph in document.graphs)
        return ThingView(
            title=name,
            title_language=language,
            iri=document.thing,
            types=types,
            facts=tuple(self._facts(document, labels, root)),
            incoming=tuple(self._incoming(group, labels, root) for group in document.incoming),
            sources=tuple(self.link(iri, labels, root) for iri in datasets if iri),
        )

    def link(self, iri: str, labels: Labels, root: str) -> Link:
        """A term as a link: to its document when it is ours, to itself when it is on the web."""
        name, language = self._name(iri, labels)
        ours = self._links.href(iri, f".{self.language}.html")
        # A graph may hold any IRI; javascript: and the like must not become links.
        href = root + ours if ours else iri if iri.startswith(("http://", "https://")) else ""
        return Link(name, language, self._compact(iri), href)

    def _name(self, iri: str, labels: Labels) -> tuple[str, str]:
        for names in (labels.of(iri), self._vocabulary.of(iri)):
            for language in (self.language, "", "en", "el", *sorted(names)):
                if language in names:
                    return names[language], language if language != self.language else ""
        return self._local(iri), ""

    def _local(self, iri: str) -> str:
        if iri.startswith(self._addresses.base_iri + "id/"):
            return unquote(iri.removeprefix(self._addresses.base_iri + "id/"))
        return self._compact(iri)

    def _compact(self, iri: str) -> str:
        compact = self._prefixes.compact(iri)
        return compact.removeprefix(self._addresses.base_iri)

    def _facts(self, document: Document, labels: Labels, root: str) -> Iterator[Facts]:
        currency = self._currency(document)
        groups: dict[str, list[Literal | NamedNode]] = {}
        for said in document.outgoing:
            groups.setdefault(said.predicate, []).append(said.object)
        groups.pop(RDF_TYPE, None)
        for predicate in sorted(
            groups, key=lambda one: (one not in _LABELS, self._name(one, labels)[0].casefold())
        ):
            values = [self._value(node, labels, root, currency) for node in groups[predicate]]
            yield self._fold(self.link(predicate, labels, root), values)

    def _value(self, node: Literal | NamedNode, labels: Labels, root: str, currency: str) -> Link | Text:
        if isinstance(node, NamedNode):
            return self.link(node.value, labels, root)
        return self.formatter.literal(node, currency)

    def _currency(self, document: Document) -> str:
        for said in document.outgoing:
            if said.predicate == _CURRENCY:
                return said.object.value.rsplit("/", 1)[-1]
        return ""

    def _incoming(self, group: Referrers, labels: Labels, root: str) -> Facts:
        values = [self.link(one.subject, labels, root) for one in group.some]
        number = self.formatter.decimal
        note = self.texts["thing_incoming_of"].format(
            shown=number(str(len(values))), total=number(str(group.total))
        )
        return self._fold(
            self.link(group.predicate, labels, root), values, note if group.total > len(values) else ""
        )

    def _fold(self, name: Link, values: list[Link] | list[Link | Text], note: str = "") -> Facts:
        ordered = sorted(
            values, key=lambda one: isinstance(one, Text) and one.language not in {"", self.language}
        )
        return Facts(name, tuple(ordered[:_UNFOLDED]), tuple(ordered[_UNFOLDED:]), note)
