"""The page of `/sparql` for people: a form that works without a script, an editor where one is installed."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import cast
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from markupsafe import Markup

from kamara.api.beginning import Beginning, read_beginning
from kamara.api.negotiation import choose_language
from kamara.api.problems import Refusal, explain
from kamara.api.rewriting import Rewriter
from kamara.api.routing import readable
from kamara.api.streaming import Runner
from kamara.errors import KamaraError
from kamara.site.documents import Documents
from kamara.site.examples import Examples
from kamara.site.frame import Frame
from kamara.site.terms import Terms
from kamara.site.texts import LANGUAGES, Language
from kamara.sparql.formats import FORMATS

_EXAMPLE = "SELECT ?thing ?class\nWHERE { ?thing a ?class }\nLIMIT 20"
# Nothing from elsewhere, nothing inline: a query's text or answer can never run as a script.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# The address may hold a query: it is nobody else's to read.
_HEADERS = {"Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer", "Cache-Control": "no-cache"}
_TEXTS_OF_SCRIPT = ("editor_", "query_nothing")


class Editor:
    """The page in each language, and what its script asks for.

    `/sparql.el.html` and `/sparql.en.html` take a query as `query=`, or a saved one as `example=`.
    """

    def __init__(
        self, runner: Runner, documents: Documents, examples: Examples, terms: Terms, rewriter: Rewriter
    ) -> None:
        self._runner = runner
        self._documents = documents
        self._pages = documents.pages
        self._limits = runner.pool.limits
        self._examples = examples
        # Hundreds of lines that never change.
        self._listed = {
            code: Markup(self._pages.render("terms.html", Frame(code), terms=terms)) for code in LANGUAGES
        }
        self._rewriter = rewriter
        self._names: Mapping[str, Language] = {f"{code}.html": code for code in LANGUAGES}
        self._told = JSONResponse(terms.told(runner.pool.settings.base_iri)).body
        self._tag = f'"{blake2b(self._told, digest_size=12).hexdigest()}"'

    def negotiated(self, request: Request) -> Response:
        """The page in the client's language. Raises Refusal (404)."""
        language = cast(Language, choose_language(request.headers.get("accept-language"), LANGUAGES))
        response = self._page(request, language, None, None)
        response.headers["Vary"] = "Accept, Accept-Language"
        response.headers["Content-Location"] = f"sparql.{language}.html"
        return response

    async def named(self, request: Request, name: str) -> Response:
        """The page in a language, with the answer to the query that it was asked. Raises Refusal (404)."""
        if name not in self._names:
            raise Refusal(404, f"there is nothing at /sparql.{name[:40]}", remedy="look at /sparql")
        language, query = self._names[name], request.query_params.get("query")
        if not query or request.method == "HEAD":
            return self._page(request, language, None, None)
        try:
            with self._rewriter.helping(query):
                answer = await read_beginning(request, self._runner, query, self._documents, language)
        except KamaraError as error:
            # Here, not as a page of its own: the query stays in the form, to be corrected.
            status, problem, headers = explain(error, self._pages, language)
            response = self._page(request, language, None, problem)
            response.status_code = status
            response.headers.update({**headers, "Cache-Control": "no-store"})
            return response
        response = self._page(request, language, answer, None)
        response.headers["Kamara-Version"] = str(answer.version)
        return response

    def terms(self, request: Request) -> Response:
        """Prefixes, classes and properties, for completion."""
        headers = {"ETag": self._tag, "Cache-Control": "no-cache"}
        if self._tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(self._told, headers=headers, media_type="application/json")

    def example(self, request: Request, name: str) -> Response:
        """The text of a saved query with its defaults as values. Raises Refusal (404)."""
        language = cast(Language, choose_language(request.headers.get("accept-language"), LANGUAGES))
        headers = {"Vary": "Accept-Language", "Content-Language": language, "Cache-Control": "no-cache"}
        return Response(self._text(name, language), headers=headers, media_type="application/sparql-query")

    def _page(
        self,
        request: Request,
        language: Language,
        answer: Beginning | None,
        problem: Mapping[str, object] | None,
    ) -> HTMLResponse:
        query, example = request.query_params.get("query"), request.query_params.get("example")
        text = query or (self._text(example, language) if example else _EXAMPLE)
        asked = {"query": query} if query else {"example": example} if example else {}
        suffix = f"?{urlencode(asked)}" if asked else ""
        versions: dict[Language, str] = {code: f"sparql.{code}.html{suffix}" for code in LANGUAGES}
        texts = self._pages.texts[language]
        page = self._pages.render(
            "sparql.html",
            Frame(language, "", versions),
            title=texts["sparql_title"],
            address=f"sparql.{language}.html",
            text=text,
            asked=bool(query),
            example=example or "",
            examples=self._examples.groups(language, texts["home_no_theme"]),
            choices=FORMATS,
            seconds=f"{self._limits.deadline_seconds:g}",
            memory=self._limits.memory_mb,
            may_pin=self._runner.pool.settings.results.open,
            terms=self._listed[language],
            has_editor=(self._pages.static / "vendor" / "yasqe.min.js").is_file(),
            texts={key: text for key, text in texts.items() if key.startswith(_TEXTS_OF_SCRIPT)},
            answer=answer,
            problem=problem,
        )
        return HTMLResponse(page, headers={**_HEADERS, "Content-Language": language})

    def _text(self, name: str, language: Language) -> str:
        try:
            return self._examples.text(name, language)
        except KeyError as error:
            raise Refusal(
                404, f"there is no saved query `{name[:60]}`", remedy="choose one of /query"
            ) from error


def router(editor: Editor) -> APIRouter:
    """The routes `/sparql.el.html`, `/sparql.en.html`, `/terms.json` and `/example/{name}.rq`."""
    routes = APIRouter()
    readable(routes, "/sparql.{name}", editor.named)
    readable(routes, "/terms.json", editor.terms)
    readable(routes, "/example/{name}.rq", editor.example)
    return routes
