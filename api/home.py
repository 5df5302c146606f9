"""`/`: what is here."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from kamara.api.negotiation import choose, choose_language
from kamara.api.problems import Refusal
from kamara.api.reader import Reader
from kamara.api.routing import readable
from kamara.api.validators import is_fresh, validators
from kamara.site.documents import Documents
from kamara.site.home import Edition, Question
from kamara.site.texts import LANGUAGES, Language
from kamara.sparql.errors import UnpublishedError
from kamara.sparql.summary import GraphSummary, Summary
from kamara.sparql.versions import Version

_DCTERMS = "http://purl.org/dc/terms/"


def router(reader: Reader, documents: Documents, questions: Sequence[Question]) -> APIRouter:
    """The routes `/` (negotiated), `/index.el.html`, `/index.en.html` and `/index.json`."""
    routes = APIRouter()
    home = Home(reader, documents, questions)
    readable(routes, "/", home.negotiated)
    readable(routes, "/index.{name}", home.named)
    return routes


class Home:
    """Answers for the home page."""

    def __init__(self, reader: Reader, documents: Documents, questions: Sequence[Question]) -> None:
        self._reader = reader
        self._documents = documents
        self._questions = questions
        self._names: dict[str, Language | None] = {
            **{f"{code}.html": code for code in LANGUAGES},
            "json": None,
        }

    def negotiated(self, request: Request) -> Response:
        """The page in the client's language, or the counts as JSON. Raises Refusal (406)."""
        language = choose_language(request.headers.get("accept-language"), LANGUAGES)
        page = f"{language}.html"
        choice = {"text/html": page, "application/xhtml+xml": page, "application/json": "json"}
        chosen = choose(request.headers.get("accept"), choice)
        if chosen is None:
            raise Refusal(406, "this page is HTML or JSON", remedy="accept text/html or application/json")
        response = self.named(request, chosen)
        response.headers["Vary"] = "Accept, Accept-Language"
        response.headers["Content-Location"] = f"index.{chosen}"
        return response

    def named(self, request: Request, name: str) -> Response:
        """One representation. Raises Refusal (404)."""
        if name not in self._names:
            raise Refusal(404, f"there is nothing at /index.{name[:40]}", remedy="look at /")
        summary, version = self._summary()
        headers = validators(version, name) if version else {"Cache-Control": "no-store"}
        if version and is_fresh(request, headers):
            return Response(status_code=304, headers=headers)
        language = self._names[name]
        if language is None:
            return JSONResponse(self._counts(summary, version), headers=headers)
        edition = Edition(version.number, version.created) if version else None
        page = self._documents.home(summary, edition, self._questions, language)
        return HTMLResponse(page, headers={**headers, "Content-Language": language})

    def _summary(self) -> tuple[Summary, Version | None]:
        try:
            return self._reader.summary()
        except UnpublishedError:
            return Summary(()), None

    def _counts(self, summary: Summary, version: Version | None) -> dict[str, object]:
        texts = self._documents.pages.texts
        return {
            "title": {
                code: f"{texts[code]['site_name']}: {texts[code]['site_tagline']}" for code in LANGUAGES
            },
            "version": version.number if version else None,
            "published": version.created if version else None,
            "triples": summary.triples,
            "sparql": self._documents.addresses.base_iri + "sparql",
            "datasets": [_dataset(graph) for graph in summary.graphs],
            "questions": [dict(one.texts) for one in self._questions],
        }


def _dataset(graph: GraphSummary) -> dict[str, object]:
    said = {one.predicate: one.object.value for one in graph.dataset.outgoing}
    return {
        "dataset": graph.dataset.thing,
        "graph": graph.graph,
        "title": dict(graph.dataset.labels.of(graph.dataset.thing)),
        "triples": graph.triples,
        "modified": said.get(_DCTERMS + "modified"),
        "licence": said.get(_DCTERMS + "license"),
        "classes": [
            {"class": one.iri, "things": one.things, "example": one.example} for one in graph.classes
        ],
    }
