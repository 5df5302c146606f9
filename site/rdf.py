"""The document of a thing as RDF."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pyoxigraph import Literal, NamedNode, Triple, serialize

from kamara.site.addresses import Addresses
from kamara.site.prefixes import Prefixes
from kamara.site.representations import RDF_XML, TURTLE, RdfRepresentation
from kamara.site.texts import LANGUAGES, Texts
from kamara.sparql.document import Document, Referrers
from kamara.sparql.terms import RDF_TYPE

_FOAF = "http://xmlns.com/foaf/0.1/"
_VOID = "http://rdfs.org/ns/void#"
_DCTERMS = "http://purl.org/dc/terms/"

# A predicate must end with an XML name for RDF/XML to write it (RDF 1.1 XML Syntax, section 5.1).
_XML_NAME = re.compile(r"[^\W\d][\w.\-]*\Z")


class RdfDocuments:
    """Writes documents as RDF, with canonical IRIs whatever host is asked."""

    def __init__(self, addresses: Addresses, prefixes: Prefixes, texts: Texts) -> None:
        self._addresses = addresses
        self._prefixes = prefixes
        self._texts = texts

    def write(self, document: Document, representations: Iterable[RdfRepresentation]) -> list[bytes]:
        """The document in each of the formats, which must all be able to express it (`can_write`)."""
        triples = sorted(set(self._triples(document)), key=str)
        used = self._used(triples)
        return [
            _in_order(serialize(triples, format=one.format, prefixes=used) or b"", one)
            for one in representations
        ]

    def can_write(self, document: Document, representation: RdfRepresentation) -> bool:
        """Whether the format can express the document: RDF/XML needs a name at the end of every predicate."""
        groups = (document.outgoing, document.incoming)
        return representation is not RDF_XML or all(
            _XML_NAME.search(one.predicate) for group in groups for one in group
        )

    def _triples(self, document: Document) -> Iterator[Triple]:
        thing = NamedNode(document.thing)
        yield from self._about(document, thing)
        for said in document.outgoing:
            yield Triple(thing, NamedNode(said.predicate), said.object)
        for group in document.incoming:
            for one in group.some:
                yield Triple(NamedNode(one.subject), NamedNode(group.predicate), thing)
        for naming in document.namings:
            yield Triple(NamedNode(naming.term), NamedNode(naming.property), naming.quoted())

    def _about(self, document: Document, thing: NamedNode) -> Iterator[Triple]:
        path = self._addresses.document(document.thing)
        if path is None:
            return
        page = NamedNode(self._addresses.base_iri + path)
        yield Triple(page, NamedNode(RDF_TYPE), NamedNode(_FOAF + "Document"))
        yield Triple(page, NamedNode(_FOAF + "primaryTopic"), thing)
        for graph in document.graphs:
            dataset = self._addresses.dataset(graph)
            if dataset is not None:
                yield Triple(page, NamedNode(_VOID + "inDataset"), NamedNode(dataset))
        for group in document.incoming:
            if group.total > len(group.some):
                yield from self._cut(page, group)

    def _cut(self, page: NamedNode, group: Referrers) -> Iterator[Triple]:
        name = self._prefixes.compact(group.predicate)
        for language in LANGUAGES:
            text = self._texts[language]["rdf_incoming_cut"].format(
                shown=len(group.some), total=group.total, predicate=name
            )
            yield Triple(page, NamedNode(_DCTERMS + "description"), Literal(text, language=language))

    def _used(self, triples: list[Triple]) -> dict[str, str]:
        iris = {iri for triple in triples for iri in _iris(triple)}
        used = {iri[: max(iri.rfind("/"), iri.rfind("#")) + 1] for iri in iris}
        return {name: space for name, space in self._prefixes.namespaces.items() if space in used}


def _in_order(content: bytes, representation: RdfRepresentation) -> bytes:
    """Sort the declarations of prefixes: the engine writes them in an order that changes from run to run."""
    lines = content.split(b"\n")
    if representation is TURTLE:
        declared = sum(line.startswith(b"@prefix ") for line in lines)
        return b"\n".join(sorted(lines[:declared]) + lines[declared:])
    if representation is RDF_XML:
        tag, *names = lines[1].removesuffix(b">").split(b" ")
        lines[1] = b" ".join([tag, *sorted(names)]) + b">"
        return b"\n".join(lines)
    return content


def _iris(triple: Triple) -> Iterator[str]:
    yield triple.predicate.value
    for node in (triple.subject, triple.object):
        if isinstance(node, NamedNode):
            yield node.value
        elif isinstance(node, Literal):
            yield node.datatype.value
