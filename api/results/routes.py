"""`/pin`, `/pin/{name}`, `/job/{id}/pin`: an answer gets a permanent address; `/result/{id}`: it is there.

A suffix names what is told of a result (`.json .bib .csl.json .rq .el.html .en.html`); the bytes themselves
are also at `/result/{id}/answer.{format}`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from typing import Any, cast
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse
from starlette.background import BackgroundTask

from kamara.api.allowance import Allowance
from kamara.api.gateway.conditions import matches, split_tags
from kamara.api.indexing import NOT_INDEXED
from kamara.api.jobs.jobs import Jobs
from kamara.api.jobs.routes import require_job
from kamara.api.negotiation import choose, choose_language
from kamara.api.problems import Refusal
from kamara.api.protocol import read
from kamara.api.results.citation import Citation
from kamara.api.results.telling import Telling
from kamara.api.routing import readable
from kamara.api.streaming import caller
from kamara.errors import KamaraError
from kamara.site.texts import LANGUAGES, Language
from kamara.sparql.bindings import bind
from kamara.sparql.errors import Limit, ResultError
from kamara.sparql.formats import Form, Format, formats_of, named
from kamara.sparql.guard import Inspected
from kamara.sparql.pool.caller import Caller
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.queries import SavedQuery
from kamara.sparql.request import QueryRequest
from kamara.sparql.results.pinning import Pinner
from kamara.sparql.results.question import Question
from kamara.sparql.results.record import ResultRecord

_DAY_SECONDS = 86400
_VARY = {"Vary": "Accept, Accept-Language"}
_BIBTEX, _CSL = "application/x-bibtex", "application/vnd.citationstyles.csl+json"
_FORM_BYTES = 65536
_Pin = Callable[[Caller], Awaitable[tuple[ResultRecord, bool]]]
_DONE: dict[int | str, dict[str, Any]] = {
    200: {"description": "It was pinned before; its record"},
    201: {"description": "It is pinned; its record"},
}


def router(
    pinner: Pinner,
    pool: QueryPool,
    telling: Telling,
    saved: Mapping[str, SavedQuery],
    inspected: Mapping[str, Inspected],
    *,
    jobs: Jobs,
) -> APIRouter:
    """The routes of pinned results. `inspected`: what the guard says of each saved query."""
    routes, results = APIRouter(), Results(pinner, pool, telling, saved, inspected, jobs=jobs)
    for path, endpoint in (
        ("/pin", results.pin),
        ("/pin/{name}", results.pin_saved),
        ("/job/{name}/pin", results.pin_job),
    ):
        routes.add_api_route(
            path, endpoint, methods=["POST"], response_model=None, status_code=201, responses=_DONE
        )
    readable(routes, "/result/{name}/answer.{suffix}", results.answer)
    readable(routes, "/result/{rest}", results.told)
    return routes


class Results:
    """Answers for pinned results."""

    def __init__(
        self,
        pinner: Pinner,
        pool: QueryPool,
        telling: Telling,
        saved: Mapping[str, SavedQuery],
        inspected: Mapping[str, Inspected],
        *,
        jobs: Jobs,
    ) -> None:
        self._pinner = pinner
        self._jobs = jobs
        self._pool = pool
        self._telling = telling
        self._saved = saved
        self._inspected = inspected
        most = Limit("results.per_client", pinner.limits.per_client, "answers in 24 hours")
        self._allowance = Allowance(most, _DAY_SECONDS)

    async def pin(self, request: Request) -> Response:
        """Pin the answer to `query`, sent as to /sparql, in `format`."""
        asked = await read(request, self._pool.limits.max_bytes)
        text = asked.text or ""
        query = self._pool.inspect(text)
        chosen = _format(asked.format, query.form)
        wanted = QueryRequest(text, chosen, asked.default_graphs, asked.named_graphs)
        asked_for = Question(query, wanted)
        return await self._pin(request, "", lambda who: self._pinner.pin(asked_for, who))

    async def pin_saved(self, request: Request, name: str) -> Response:
        """Pin the answer to a saved query with the parameters that are given, in `format`."""
        if name not in self._saved:
            raise Refusal(404, f"there is no saved query `{name[:60]}`", remedy="look at /query")
        saved, query = self._saved[name], self._inspected[name]
        values = await _values(request)
        chosen = _format(values.pop("format", None), query.form)
        wanted = QueryRequest(saved.text, chosen, bindings=saved.bind(values))
        asked = Question(query, wanted, name, values)
        return await self._pin(request, "../", lambda who: self._pinner.pin(asked, who))

    async def pin_job(self, request: Request, name: str) -> Response:
        """Pin the answer of a job that is done, without asking its query again."""
        record = require_job(self._jobs, name).record
        if record.state != "done":
            raise Refusal(409, f"the job is {record.state}, not done", remedy=f"look at /job/{name}")
        result, answer = record.result, self._jobs.files.answer(name)
        if result is None or not answer.exists():
            raise Refusal(410, "what was asked, or the answer, is not there", remedy="send the query again")
        return await self._pin(request, "../../", lambda _: self._pinner.pin_taken(result, answer))

    async def told(self, request: Request, rest: str) -> Response:
        """What is known of a result, or the very bytes: by suffix, else negotiated."""
        name, dot, suffix = rest.partition(".")
        record = self._record(name)
        told = self._parts(record)
        wanted = suffix if dot else self._negotiated(request, record)
        if wanted in told:
            return told[wanted]()
        if wanted in ("", record.format_name):
            return await self._bytes(request, record)
        known = ", ".join(f".{one}" for one in told)
        raise Refusal(404, f"a result is not there as `.{wanted[:20]}`", remedy=f"it is there as {known}")

    async def answer(self, request: Request, name: str, suffix: str) -> Response:
        """The very bytes that were pinned."""
        record = self._record(name)
        if suffix != record.format_name:
            raise Refusal(
                404, f"the answer is not there as `.{suffix[:20]}`", remedy=f"take .{record.format_name}"
            )
        return await self._bytes(request, record)

    async def _pin(self, request: Request, root: str, pin: _Pin) -> Response:
        """Have an answer pinned, if the client may; `root` leads from here to the site's root."""
        if not self._pinner.limits.open:
            raise Refusal(
                403, "answers are not pinned over HTTP here (results.open)", remedy="ask the operator"
            )
        who = caller(request.scope)
        self._allowance.take(who.client)
        record, is_new = await pin(who)
        headers = {"Location": f"{root}result/{record.id}", "Cache-Control": "no-store", **_VARY}
        offers = {"application/json": False, "text/html": True}
        if choose(request.headers.get("accept"), offers):
            return Response(status_code=303, headers=headers)
        return JSONResponse(self._telling.members(record), 201 if is_new else 200, headers)

    def _record(self, name: str) -> ResultRecord:
        with _as_refusal():
            return self._pinner.archive.get(name)

    def _parts(self, record: ResultRecord) -> dict[str, Callable[[], Response]]:
        """What can be told of a result, by suffix."""
        citation = self._telling.citation(record)

        def page(language: Language) -> Response:
            headers = {"Content-Language": language, "Cache-Control": "no-cache", **_VARY}
            return HTMLResponse(self._telling.page(record, language), headers=headers | _links(citation))

        def text() -> Response:
            bound = bind(self._pool.inspect(record.text), record.bindings)
            return Response(bound, media_type="application/sparql-query")

        return {
            "json": lambda: JSONResponse(self._telling.members(record), headers=_links(citation)),
            "bib": lambda: Response(citation.bibtex(), media_type=f"{_BIBTEX}; charset=utf-8"),
            "csl.json": lambda: JSONResponse(citation.csl(), media_type=_CSL),
            "rq": text,
            "el.html": lambda: page("el"),
            "en.html": lambda: page("en"),
        }

    def _negotiated(self, request: Request, record: ResultRecord) -> str:
        """The suffix of what the client likes best; empty: the answer itself."""
        language = cast(Language, choose_language(request.headers.get("accept-language"), LANGUAGES))
        page = f"{language}.html"
        choice = {
            record.format.media_type: "",
            "text/html": page,
            "application/xhtml+xml": page,
            _BIBTEX: "bib",
            _CSL: "csl.json",
            "application/json": "json",
        }
        chosen = choose(request.headers.get("accept"), choice)
        if chosen is None:
            raise Refusal(406, "the result is not there in that format", remedy=f"accept {', '.join(choice)}")
        return chosen

    async def _bytes(self, request: Request, record: ResultRecord) -> Response:
        headers = {
            **_VARY,
            **NOT_INDEXED,
            **_links(self._telling.citation(record)),
            "ETag": f'"{record.digest}"',
            "Cache-Control": "no-cache",
            "Kamara-Version": str(record.version),
            "Kamara-Rows": str(record.rows),
        }
        if matches(headers["ETag"], split_tags(request.headers.get("if-none-match", ""))):
            return Response(status_code=304, headers=headers)
        held = AsyncExitStack()
        with _as_refusal():
            path = await held.enter_async_context(self._pinner.answer(record, caller(request.scope)))
        media_type = record.format.content_type
        return FileResponse(
            path, headers=headers, media_type=media_type, background=BackgroundTask(held.aclose)
        )


@contextmanager
def _as_refusal() -> Iterator[None]:
    """404 or 410 for a result that cannot be given."""
    try:
        yield
    except ResultError as error:
        status = 410 if error.gone else 404
        raise Refusal(status, f"{error.where} {error.what}", remedy=error.remedy) from error


def _format(name: str | None, form: Form) -> Format:
    if not name:
        return formats_of(form)[0]
    try:
        return named(name, form)
    except KamaraError as error:
        raise Refusal(406, error.what, remedy=error.remedy) from error


async def _values(request: Request) -> dict[str, str]:
    """The parameters in the address and in a form. Raises Refusal (400, 413)."""
    body = bytearray()
    async for piece in _pieces(request):
        body += piece
        if len(body) > _FORM_BYTES:
            raise Refusal(
                413, f"the form is longer than {_FORM_BYTES} bytes", headers={"Connection": "close"}
            )
    try:
        pairs = parse_qsl(request.url.query, errors="strict") + parse_qsl(body.decode(), errors="strict")
    except ValueError as error:
        raise Refusal(
            400, "the parameters are not percent-encoded UTF-8", remedy="encode them again"
        ) from error
    values = dict(pairs)
    if len(values) < len(pairs):
        raise Refusal(400, "a parameter is given twice", remedy="give each once")
    return values


def _pieces(request: Request) -> AsyncIterator[bytes]:
    return request.stream()


def _links(citation: Citation) -> dict[str, str]:
    """RFC 8574: what to cite; and where that is written down."""
    url = citation.url
    return {
        "Link": f'<{url}>; rel="cite-as", <{url}.bib>; rel="describedby"; type="{_BIBTEX}", '
        f'<{url}.csl.json>; rel="describedby"; type="{_CSL}"'
    }
