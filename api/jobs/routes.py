"""`/job/{id}`: how a job is doing, and `/job/{id}/result`: its answer."""

from __future__ import annotations

from typing import Any, cast

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse

from kamara.api.gateway.conditions import matches, split_tags
from kamara.api.indexing import NOT_INDEXED
from kamara.api.jobs.job import Job
from kamara.api.jobs.jobs import Jobs
from kamara.api.jobs.preference import APPLIED
from kamara.api.negotiation import choose, choose_language
from kamara.api.problems import Refusal
from kamara.api.routing import readable
from kamara.api.streaming import caller
from kamara.site.frame import Frame
from kamara.site.pages import Pages
from kamara.site.texts import LANGUAGES, Language
from kamara.sparql.results.question import Question

_HEADERS = {**NOT_INDEXED, "Cache-Control": "no-store", "Vary": "Accept, Accept-Language"}
_LOOK_SECONDS = 2
_RESPONSES: dict[int | str, dict[str, Any]] = {204: {"description": "It is stopped and forgotten"}}


def router(jobs: Jobs, pages: Pages) -> APIRouter:
    """The routes of jobs."""
    routes, desk = APIRouter(), JobDesk(jobs, pages)
    readable(routes, "/job/{name}", desk.status)
    routes.add_api_route(
        "/job/{name}",
        desk.remove,
        methods=["DELETE"],
        response_model=None,
        status_code=204,
        responses=_RESPONSES,
    )
    readable(routes, "/job/{name}/result", desk.result)
    return routes


def accept_job(jobs: Jobs, http: Request, asked: Question, root: str) -> Response:
    """202 for a query that becomes a job; `root` leads from the asked address to the site's root."""
    job = jobs.submit(asked, caller(http.scope).client)
    headers = {
        **_HEADERS,
        **APPLIED,
        "Vary": "Accept, Accept-Language, Prefer",
        "Location": f"{root}job/{job.record.id}",
        "Retry-After": str(_LOOK_SECONDS),
    }
    return JSONResponse(_members(jobs, job), 202, headers)


def require_job(jobs: Jobs, name: str) -> Job:
    """The job of this name. Raises Refusal (404)."""
    job = jobs.find(name)
    if job is None:
        raise Refusal(
            404,
            "there is no such job: it was deleted, or its time is over",
            remedy="send the query again with `Prefer: respond-async`",
        )
    return job


class JobDesk:
    """Answers for jobs."""

    def __init__(self, jobs: Jobs, pages: Pages) -> None:
        self._jobs = jobs
        self._pages = pages

    async def status(self, request: Request, name: str) -> Response:
        """How the job is doing, as JSON or as a page."""
        name, _, suffix = name.partition(".")
        job = require_job(self._jobs, name)
        headers = {**_HEADERS, **({} if job.record.is_over else {"Retry-After": str(_LOOK_SECONDS)})}
        language = self._language(request, suffix)
        if language is None:
            return JSONResponse(_members(self._jobs, job), headers=headers)
        return HTMLResponse(self._page(job, language), headers=headers | {"Content-Language": language})

    async def remove(self, name: str) -> Response:
        """Stop the job, and forget it with its answer."""
        await self._jobs.remove(require_job(self._jobs, name))
        return Response(status_code=204)

    async def result(self, request: Request, name: str) -> Response:
        """The answer of a job that is done; the problem of one that failed."""
        job = require_job(self._jobs, name)
        record = job.record
        if record.problem is not None:
            status = int(str(record.problem["status"]))
            return JSONResponse(record.problem, status, _HEADERS, media_type="application/problem+json")
        path = self._jobs.files.answer(name)
        if record.state != "done":
            headers = {"Retry-After": str(_LOOK_SECONDS)}
            raise Refusal(409, "the job is not done yet", remedy=f"look at /job/{name}", headers=headers)
        if not path.exists():
            raise Refusal(410, "the answer was erased", remedy="send the query again")
        headers = {
            **NOT_INDEXED,
            "ETag": f'"{record.digest}"',
            "Cache-Control": "private, no-cache",
            "Kamara-Version": str(record.version),
            "Kamara-Rows": str(record.rows),
            "Kamara-Seconds": f"{record.seconds:.4f}",
            "Kamara-Lane": "job",
        }
        if matches(headers["ETag"], split_tags(request.headers.get("if-none-match", ""))):
            return Response(status_code=304, headers=headers)
        return FileResponse(path, headers=headers, media_type=record.format.content_type)

    def _language(self, request: Request, suffix: str) -> Language | None:
        """The language of the page that is wanted; None for JSON. Raises Refusal (404)."""
        names: dict[str, Language | None] = {"json": None, **{f"{code}.html": code for code in LANGUAGES}}
        if suffix:
            if suffix not in names:
                raise Refusal(404, f"a job is not there as `.{suffix[:20]}`", remedy="look at it without")
            return names[suffix]
        offers = {"application/json": False, "text/html": True, "application/xhtml+xml": True}
        if not choose(request.headers.get("accept"), offers):
            return None
        return cast(Language, choose_language(request.headers.get("accept-language"), LANGUAGES))

    def _page(self, job: Job, language: Language) -> str:
        name = f"../job/{job.record.id}"
        versions: dict[Language, str] = {code: f"{name}.{code}.html" for code in LANGUAGES}
        texts = self._pages.texts[language]
        problem = job.record.problem
        kind = self._pages.problems.by_name.get(str(problem["type"]).rpartition("/")[2]) if problem else None
        return self._pages.render(
            "job.html",
            Frame(language, "../", versions),
            title=texts[f"job_{job.record.state}"],
            job=_members(self._jobs, job),
            name=name,
            format=job.record.format.title,
            problem=problem,
            kind=kind,
            refresh=None if job.record.is_over else _LOOK_SECONDS,
        )


def _members(jobs: Jobs, job: Job) -> dict[str, object]:
    """What is told of a job, for JSON; addresses are relative to that of the job."""
    record = job.record
    told: dict[str, object] = {
        "id": record.id,
        "state": record.state,
        "created": record.created,
        "seconds": round(job.seconds, 3),
        "limit": {"name": "query.job_seconds", "value": jobs.seconds, "unit": "seconds"},
        "bytes": job.size,
        "form": record.form,
        "mediaType": record.format.media_type,
    }
    if record.state == "waiting":
        told["ahead"] = jobs.ahead(job)
    if record.is_over:
        told |= {"ended": record.ended, "expires": record.expires, "version": record.version}
    if record.state == "done":
        told |= {"rows": record.rows, "sha256": record.digest, "result": f"{record.id}/result"}
        told |= {"pin": f"{record.id}/pin"} if record.result else {}
    if record.problem is not None:
        told["problem"] = record.problem
    return told
