"""Things and their documents.

`/id/...`, `/def/...`, `/code/...`, `/graph/...` and `/dataset/...` name things: they answer 303 with the
address of the document, `/doc/...`, which is negotiated. A suffix (`.ttl .jsonld .nt .rdf .el.html .en.html`)
names one representation. The path decides, whatever the Host; locations and links are relative.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from kamara.api.negotiation import choose, choose_language
from kamara.api.problems import Refusal
from kamara.api.reader import Reader
from kamara.api.routing import readable
from kamara.api.streaming import Answer, Runner
from kamara.api.validators import is_fresh, validators
from kamara.site.addresses import ROOMS, beside, on_the_wire
from kamara.site.documents import GRAPH_RDF, Documents
from kamara.site.frame import root_from
from kamara.site.representations import (
    HTML,
    JSON_LD,
    HtmlRepresentation,
    RdfRepresentation,
    Representation,
    cut_suffix,
)
from kamara.site.texts import LANGUAGES
from kamara.sparql.document import Document
from kamara.sparql.formats import named
from kamara.sparql.request import QueryRequest
from kamara.sparql.select import document_query
from kamara.sparql.summary import GraphSummary
from kamara.sparql.versions import Version

_TYPES_IN_LINK = 8


@dataclass(frozen=True)
class Found:
    """The document of a thing; `content` is what the graph holds, when the thing is one or its dataset."""

    document: Document
    version: Version
    content: GraphSummary | None

    @property
    def is_graph(self) -> bool:
        """Whether the thing is a named graph, whose RDF is all that it holds."""
        return self.content is not None and self.content.graph == self.document.thing


def router(reader: Reader, runner: Runner, documents: Documents) -> APIRouter:
    """The routes of things and documents."""
    routes = APIRouter()
    things = Things(reader, runner, documents)

    for room in ("id", *ROOMS):
        readable(routes, f"/{room}/{{rest:path}}", things.redirect)
    readable(routes, "/doc/{rest:path}", things.answer)
    return routes


class Things:
    """Answers for things and their documents."""

    def __init__(self, reader: Reader, runner: Runner, documents: Documents) -> None:
        self._reader = reader
        self._runner = runner
        self._documents = documents

    def redirect(self, request: Request) -> Response:
        """303 from a thing to its document. Raises Refusal (404)."""
        path = _raw_path(request)
        room, _, rest = path.partition("/")
        asked_for = self._documents.addresses.named(room, rest)
        for iri in asked_for:
            document = self._documents.addresses.document(iri)
            if document and self._known(iri):
                place = root_from(path) + on_the_wire(document)
                return Response(status_code=303, headers={"Location": place})
        raise self._absent(path, *asked_for)

    async def answer(self, request: Request) -> Response:
        """The document of a thing, in the representation that is named or negotiated.

        Raises Refusal (404, 406) and QueryError.
        """
        found, asked = await to_thread.run_sync(self._find, request)
        chosen = asked or self._negotiate(request, found)
        headers = self._headers(found, chosen)
        if asked is None:
            headers |= {"Vary": "Accept, Accept-Language", "Content-Location": self._place(found, chosen)}
        if is_fresh(request, headers):
            return Response(status_code=304, headers=headers)
        if found.is_graph and isinstance(chosen, RdfRepresentation):
            return await self._whole_graph(request, found, chosen, headers)
        return await to_thread.run_sync(self._render, found, chosen, headers)

    def _known(self, iri: str) -> bool:
        return self._reader.exists(iri) or self._content(iri) is not None

    def _content(self, iri: str) -> GraphSummary | None:
        base = self._documents.addresses.base_iri
        of_graph = iri.startswith((f"{base}graph/", f"{base}dataset/"))
        return self._reader.summary()[0].of(iri) if of_graph else None

    def _find(self, request: Request) -> tuple[Found, Representation | None]:
        path = _raw_path(request).removeprefix("doc/")
        # A key may itself end like a suffix, so what is not found without it is looked up whole.
        addresses = self._documents.addresses
        cuts = dict.fromkeys([cut_suffix(path), (path, None)])
        asked_for = [(iri, asked) for rest, asked in cuts for iri in addresses.things(rest)]
        for iri, asked in asked_for:
            document, version = self._reader.document(iri)
            found = Found(document, version, self._content(iri))
            if document.exists or found.content is not None:
                return found, asked
        raise self._absent(f"doc/{path}", *(iri for iri, _ in asked_for))

    def _absent(self, path: str, *iris: str) -> Refusal:
        """410 for a path that may mean a thing that was removed, 404 for one that never meant any."""
        if any(self._reader.is_gone(iri) for iri in iris):
            return Refusal(
                410, f"what stood at /{path[:200]} was removed", remedy="older versions may still hold it"
            )
        return Refusal(
            404, f"the published data speaks of nothing at /{path[:200]}", remedy="look at / for what is here"
        )

    def _negotiate(self, request: Request, found: Found) -> Representation:
        language = choose_language(request.headers.get("accept-language"), LANGUAGES)
        page = next(html for html in HTML if html.language == language)
        formats = self._formats(found)
        choice: dict[str, Representation] = {"text/html": page, "application/xhtml+xml": page}
        choice |= {one.media_type: one for one in formats}
        if JSON_LD in formats:
            choice["application/json"] = JSON_LD
        chosen = choose(request.headers.get("accept"), choice)
        if chosen is None:
            known = ", ".join(choice)
            raise Refusal(
                406, "the document is not there in any format that Accept names", remedy=f"accept {known}"
            )
        return chosen

    def _formats(self, found: Found) -> tuple[RdfRepresentation, ...]:
        return GRAPH_RDF if found.is_graph else self._documents.formats(found.document)

    def _place(self, found: Found, chosen: Representation) -> str:
        document = self._documents.addresses.document(found.document.thing) or ""
        return beside(on_the_wire(document.rsplit("/", 1)[-1]) + chosen.suffix)

    def _headers(self, found: Found, chosen: Representation) -> dict[str, str]:
        headers = validators(found.version, chosen.suffix.removeprefix("."))
        headers["Link"] = ", ".join(self._links(found))
        if isinstance(chosen, HtmlRepresentation):
            headers["Content-Language"] = chosen.language
        return headers

    def _links(self, found: Found) -> Iterator[str]:
        yield f'<{_ascii(found.document.thing)}>; rel="describes"'
        for html in HTML:
            place = self._place(found, html)
            yield f'<{place}>; rel="alternate"; type="text/html"; hreflang="{html.language}"'
        for one in self._formats(found):
            yield f'<{self._place(found, one)}>; rel="alternate"; type="{one.media_type}"'
        for kind in found.document.types[:_TYPES_IN_LINK]:
            yield f'<{_ascii(kind)}>; rel="type"'

    def _render(self, found: Found, chosen: Representation, headers: Mapping[str, str]) -> Response:
        if isinstance(chosen, HtmlRepresentation):
            page = self._documents.page(found.document, chosen.language, found.content)
            return Response(page, headers=headers, media_type="text/html")
        if chosen not in self._formats(found):
            raise Refusal(406, f"{chosen.name} cannot express this document", remedy="ask for Turtle")
        (content,) = self._documents.rdf(found.document, [chosen])
        return Response(content, headers={**headers, "Content-Type": chosen.content_type})

    async def _whole_graph(
        self, request: Request, found: Found, chosen: RdfRepresentation, headers: Mapping[str, str]
    ) -> Response:
        if chosen not in GRAPH_RDF:
            raise Refusal(
                406, f"a whole graph is not written as {chosen.name}", remedy="ask for Turtle or N-Triples"
            )
        text = document_query("whole-graph")
        bound = {"graph": f"<{found.document.thing}>"}
        asked = QueryRequest(text, named(chosen.media_type, "CONSTRUCT"), bindings=bound)
        result = await self._runner.run(request, self._runner.pool.inspect(text), asked)
        return Answer(result, headers)


def _raw_path(request: Request) -> str:
    """The path as it came over the wire, without the first slash: a decoded `%2F` would split a key."""
    raw: bytes = request.scope["raw_path"]
    path = raw.decode("ascii", errors="replace").partition("?")[0]
    return path.removeprefix(quote(request.scope.get("root_path", ""))).removeprefix("/")


def _ascii(iri: str) -> str:
    """An IRI as a URI, for a header (RFC 3987 section 3.1)."""
    return quote(iri, safe="%:/?#[]@!$&'()*+,;=~")
