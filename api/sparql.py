"""`/sparql`: SPARQL 1.1 Protocol for queries, a form for people, a service description for machines."""

from __future__ import annotations

from functools import lru_cache

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from kamara.api.description.service import ServiceDescription
from kamara.api.editor import Editor
from kamara.api.jobs.jobs import Jobs
from kamara.api.jobs.preference import prefers_job
from kamara.api.jobs.routes import accept_job
from kamara.api.negotiation import choose
from kamara.api.problems import Refusal
from kamara.api.protocol import ALLOW, Asked, read
from kamara.api.rewriting import Rewriter
from kamara.api.routing import readable
from kamara.api.seen.note import note_of
from kamara.api.streaming import Runner
from kamara.api.tags import respond, tagged
from kamara.api.writing.updates import Updates, is_update
from kamara.errors import KamaraError
from kamara.sparql.formats import Form, Format, named, offers
from kamara.sparql.guard import Inspected
from kamara.sparql.request import QueryRequest
from kamara.sparql.results.question import Question

_VARY = {"Vary": "Accept, Accept-Language"}


def router(
    runner: Runner,
    editor: Editor,
    description: ServiceDescription,
    updates: Updates,
    rewriter: Rewriter,
    *,
    jobs: Jobs,
) -> APIRouter:
    """The route `/sparql`."""
    routes = APIRouter()

    async def sparql(request: Request) -> Response:
        """Answer a query; without one, show the form or describe the service. POST takes updates too."""
        if is_update(request):
            return await updates.direct(request)
        note = note_of(request.scope)
        note.asks = request.method == "POST" or bool(request.scope["query_string"])
        asked = await read(request, runner.pool.limits.max_bytes)
        note.asks = asked.text is not None
        if asked.update is not None:
            return await updates.take(request, asked.update, asked.parameters)
        if asked.text is None:
            return await _without_query(request, runner, editor, description)
        with rewriter.helping(asked.text):
            return await _answer(request, runner, asked, asked.text, jobs)

    def options() -> Response:
        """Say what is allowed."""
        return Response(status_code=204, headers=ALLOW)

    readable(routes, "/sparql", sparql)
    routes.add_api_route("/sparql", sparql, methods=["POST"], response_model=None)
    routes.add_api_route(
        "/sparql", options, methods=["OPTIONS"], response_model=None, include_in_schema=False
    )
    return routes


async def _answer(http: Request, runner: Runner, asked: Asked, text: str, jobs: Jobs) -> Response:
    query = runner.pool.inspect(text)
    chosen = choose_format(http.headers.get("accept"), query, asked)
    request = QueryRequest(text, chosen, asked.default_graphs, asked.named_graphs)
    if prefers_job(http):
        return accept_job(jobs, http, Question(query, request), "")
    headers = tagged(runner, query, chosen, asked.dataset)
    return await respond(http, runner, query, request, headers)


def choose_format(accept: str | None, query: Inspected, asked: Asked) -> Format:
    """The format that `format=` names, else the one that Accept prefers. Raises Refusal (406)."""
    if asked.format is not None:
        try:
            return named(asked.format, query.form)
        except KamaraError as error:
            raise Refusal(406, error.what, remedy=error.remedy) from error
    chosen = _preferred(accept, query.form)
    if chosen is None:
        known = ", ".join(dict.fromkeys(item.media_type for item in offers(query.form).values()))
        raise Refusal(
            406, f"{query.form} cannot be answered as {(accept or '')[:120]}", remedy=f"accept one of {known}"
        )
    return chosen


@lru_cache(maxsize=512)
def _preferred(accept: str | None, form: Form) -> Format | None:
    return choose(accept, offers(form))


async def _without_query(
    request: Request, runner: Runner, editor: Editor, description: ServiceDescription
) -> Response:
    accept = request.headers.get("accept")
    choice = {**offers("CONSTRUCT"), "text/html": None, "application/xhtml+xml": None}
    chosen = choose(accept, {name: (item,) for name, item in choice.items()})
    if chosen is None:
        known = ", ".join(item.media_type for item in dict.fromkeys(offers("CONSTRUCT").values()))
        raise Refusal(406, "the service is not described in that format", remedy=f"accept text/html, {known}")
    if chosen[0] is None:
        return editor.negotiated(request)
    settings = runner.pool.settings
    endpoint = (
        f"{settings.public_url.rstrip('/')}/sparql"
        if settings.public_url
        else str(request.url.replace(query=""))
    )
    told = await to_thread.run_sync(description.write, endpoint.rstrip("?"), chosen[0])
    headers = {**_VARY, **told.headers, "Content-Type": chosen[0].content_type}
    return Response(told.body, headers=headers)
