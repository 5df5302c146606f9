"""`/query/{name}`: each saved query as a page, an API whose parameters are checked, and downloads.

A suffix names a format of the answer (`.json .csv .xml .tsv .ttl .nt .rdf .jsonld`), the text of the query
(`.rq`) or a page (`.el.html .en.html`); without one it is negotiated. Parameters are those of its header;
one that is empty or left out has its default, or no value where it has none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast
from urllib.parse import urlencode

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pyoxigraph import NamedNode

from kamara.api.gateway.querytag import is_fickle
from kamara.api.indexing import NOT_INDEXED
from kamara.api.jobs.jobs import Jobs
from kamara.api.jobs.preference import prefers_job
from kamara.api.jobs.routes import accept_job
from kamara.api.negotiation import choose, choose_language
from kamara.api.problems import Refusal
from kamara.api.rewriting import Rewriter
from kamara.api.routing import readable
from kamara.api.seen.note import note_of
from kamara.api.streaming import Runner
from kamara.api.tags import respond, tagged
from kamara.api.validators import validators
from kamara.site.asking import MOST_ROWS, Answered
from kamara.site.documents import Documents
from kamara.site.texts import LANGUAGES, Language
from kamara.sparql.bindings import bind
from kamara.sparql.document import name_terms
from kamara.sparql.formats import Form, Format, formats_of, offers
from kamara.sparql.guard import Inspected
from kamara.sparql.queries import SavedQuery
from kamara.sparql.request import QueryRequest
from kamara.sparql.results.question import Question
from kamara.sparql.select import PoolSelect, read_consistently
from kamara.sparql.versions import Version

_TEXT = "application/sparql-query"
_VARY = {"Vary": "Accept, Accept-Language"}
_Wanted = Format | Language | None
"""A format of the answer, the language of a page, or the query's own text."""


def router(
    runner: Runner,
    documents: Documents,
    saved: Mapping[str, SavedQuery],
    inspected: Mapping[str, Inspected],
    *,
    jobs: Jobs,
    rewriter: Rewriter,
) -> APIRouter:
    """The routes `/query` and `/query/{name}`. `inspected`: what the guard says of each saved query."""
    routes = APIRouter()
    queries = Queries(runner, documents, saved, inspected, jobs=jobs, rewriter=rewriter)
    readable(routes, "/query", queries.listed)
    # In the OpenAPI description each query has a path of its own.
    routes.add_api_route(
        "/query/{rest}", queries.answer, methods=["GET", "HEAD"], response_model=None, include_in_schema=False
    )
    return routes


class Queries:
    """Answers for the library of saved queries."""

    def __init__(
        self,
        runner: Runner,
        documents: Documents,
        saved: Mapping[str, SavedQuery],
        inspected: Mapping[str, Inspected],
        *,
        jobs: Jobs,
        rewriter: Rewriter,
    ) -> None:
        self._runner = runner
        self._rewriter = rewriter
        self._jobs = jobs
        self._documents = documents
        self._saved = saved
        self._inspected = inspected

    def listed(self) -> JSONResponse:
        """Every saved query: its question, its parameters, where it is asked."""
        return JSONResponse([_told(one) for one in self._saved.values()])

    async def answer(self, request: Request, rest: str) -> Response:
        """One saved query. Raises Refusal (400, 404, 406), ParameterError and QueryError."""
        name, wanted, is_named = self._wanted(request, rest)
        saved, query = self._saved[name], self._inspected[name]
        if wanted is None:
            return Response(saved.text, media_type=_TEXT)
        note = note_of(request.scope)
        note.asks, note.name, note.query = True, name, query
        values = _values(request)
        bindings = saved.bind(values)
        with self._rewriter.helping_saved(query, bindings):
            if isinstance(wanted, str):
                return await self._show(saved, values, bind(query, bindings), wanted)
            asked = QueryRequest(saved.text, wanted, bindings=bindings)
            if prefers_job(request):
                return accept_job(self._jobs, request, Question(query, asked, name, values), "../")
            headers = tagged(self._runner, query, wanted, [f"{k}={v}" for k, v in sorted(bindings.items())])
            if not is_named:
                headers["Content-Location"] = f"{name}{wanted.suffix}{_suffixed(values)}"
            return await respond(request, self._runner, query, asked, headers)

    async def _show(
        self, saved: SavedQuery, values: Mapping[str, str], bound: str, language: Language
    ) -> Response:
        """The page, with the beginning of the answer."""
        query = self._inspected[saved.name]
        page, version = await to_thread.run_sync(self._page, saved, values, bound, query.form, language)
        headers = {**_VARY, "Content-Language": language, "Cache-Control": "no-cache"}
        if values:
            headers |= NOT_INDEXED
        if not is_fickle(query):
            headers |= validators(version, f"{language}.html")
        return HTMLResponse(page, headers=headers)

    def _wanted(self, request: Request, rest: str) -> tuple[str, _Wanted, bool]:
        """The query that is asked, in what, and whether its suffix says so. Raises Refusal (404, 406)."""
        name, dot, suffix = rest.partition(".")
        if name not in self._saved:
            raise Refusal(404, f"there is no saved query `{name[:60]}`", remedy="look at /query")
        form = self._inspected[name].form
        choice: dict[str, _Wanted] = {one.name: one for one in formats_of(form)}
        choice |= {"rq": None, **{f"{code}.html": code for code in LANGUAGES}}
        if not dot:
            return name, self._negotiated(request, self._inspected[name]), False
        if suffix not in choice:
            known = ", ".join(f".{one}" for one in choice)
            raise Refusal(404, f"`{name}` is not there as `.{suffix[:20]}`", remedy=f"it is there as {known}")
        return name, choice[suffix], True

    def _negotiated(self, request: Request, query: Inspected) -> _Wanted:
        language = cast(Language, choose_language(request.headers.get("accept-language"), LANGUAGES))
        choice: dict[str, _Wanted] = {
            **offers(query.form),
            "text/html": language,
            "application/xhtml+xml": language,
            _TEXT: None,
        }
        chosen = choose(request.headers.get("accept"), {kind: (one,) for kind, one in choice.items()})
        if chosen is None:
            raise Refusal(406, "the answer is not there in that format", remedy=f"accept {', '.join(choice)}")
        return chosen[0]

    def _page(
        self, saved: SavedQuery, values: Mapping[str, str], bound: str, form: Form, language: Language
    ) -> tuple[str, Version]:
        """The page and the version that it tells of."""
        pool = self._runner.blocking
        answer, version = (
            read_consistently(pool, lambda select: _answered(select, bound))
            if form == "SELECT"
            else (None, self._runner.pool.version())
        )
        return self._documents.asked(saved, values, formats_of(form), answer, language), version


def _answered(select: PoolSelect, text: str) -> Answered:
    """The first rows of a query's answer, and what the things in them are called."""
    columns, rows = select.first(text, MOST_ROWS + 1)
    things = {node.value for row in rows[:MOST_ROWS] for node in row.values() if isinstance(node, NamedNode)}
    return Answered(columns, rows, name_terms(select, things))


def _values(request: Request) -> dict[str, str]:
    """The parameters that are given. Raises Refusal (400) for one that is given twice."""
    pairs = request.query_params.multi_items()
    values = dict(pairs)
    if len(values) < len(pairs):
        raise Refusal(400, "a parameter is given twice", remedy="give each once")
    return {name: value for name, value in values.items() if value}


def _suffixed(values: Mapping[str, str]) -> str:
    return f"?{urlencode(values)}" if values else ""


def _told(saved: SavedQuery) -> dict[str, object]:
    return {
        "name": saved.name,
        "href": f"query/{saved.name}",
        "question": dict(saved.question),
        "parameters": [
            {"name": one.name, "datatype": one.datatype, "default": one.default, "label": dict(one.label)}
            for one in saved.parameters.values()
        ],
    }
