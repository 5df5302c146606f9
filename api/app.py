"""The application: every way out of the graph over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

import kamara
from kamara.api import about, editor, home, problempages, problems, queries, robots, sparql, things
from kamara.api.breaking import told_once
from kamara.api.clerks.clerks import Clerks
from kamara.api.description.service import ServiceDescription
from kamara.api.gateway.cache import ResponseCache
from kamara.api.gateway.endpoint import Endpoint
from kamara.api.gateway.gateway import Gateway
from kamara.api.jobs import routes as jobroutes
from kamara.api.jobs.jobs import Jobs
from kamara.api.openapi import describe_queries
from kamara.api.reader import Reader
from kamara.api.results import routes as pinned
from kamara.api.results.telling import Telling
from kamara.api.rewriting import Rewriter
from kamara.api.seen import numbers
from kamara.api.seen.exchanges import Exchanges
from kamara.api.seen.metrics import Metrics
from kamara.api.seen.scribe import Scribe, scribe_of
from kamara.api.streaming import Runner
from kamara.api.writing import graphstore
from kamara.api.writing.desk import Desk
from kamara.api.writing.updates import Updates
from kamara.config import Settings
from kamara.site.documents import Documents
from kamara.site.examples import Examples
from kamara.site.home import Question
from kamara.site.pages import Pages
from kamara.site.prefixes import read_prefixes
from kamara.site.terms import read_terms
from kamara.sparql.pool.querypool import QueryPool, VersionSource
from kamara.sparql.queries import read_queries
from kamara.sparql.results.pinning import Pinner
from kamara.sparql.versions import Versions


class Application(Exchanges):
    """The ASGI application with what stands beside it: its numbers, and the clerks for its connections."""

    def __init__(self, gateway: Gateway, metrics: Metrics, scribe: Scribe | None, clerks: Clerks) -> None:
        super().__init__(gateway, metrics, scribe)
        self.clerks = clerks


def create_app(settings: Settings, versions: VersionSource | None = None) -> Application:
    """The ASGI application. Its workers live from start-up to shutdown.

    `versions`: where the published version comes from; by default the settings' data folder.
    """
    source = versions or Versions(settings)
    metrics = Metrics(lambda: pool.lanes())  # noqa: PLW0108 - the pool comes after it
    pool = QueryPool(settings, source, metrics)
    pages, desk = Pages(live=True), Desk(settings)
    jobs = Jobs(pool, settings, lambda error: problems.told(error, pages))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await pool.start()
        jobs.open()
        with told_once(), scribe or nullcontext():
            try:
                yield
            finally:
                await clerks.close()
                await jobs.close()
                await desk.close()
                await pool.close()

    app = FastAPI(
        title="Kamara", version=kamara.__version__, lifespan=lifespan, docs_url=None, redoc_url=None
    )
    problems.install(app, pages)
    app.include_router(problempages.router(pages))
    app.include_router(robots.router(pages))
    app.include_router(about.router(pool, settings))
    app.include_router(numbers.router(metrics, settings.http.metrics))
    runner = Runner(pool)
    reader = Reader(runner.blocking, settings.base_iri)
    documents = Documents(settings.base_iri, settings.resources, pages)
    scribe = scribe_of(settings, documents.vocabulary)
    clerks = Clerks(settings, metrics, scribe)
    saved = read_queries(settings.resources.queries, settings.base_iri)
    inspected = {name: pool.inspect(one.text) for name, one in saved.items()}
    prefixes = read_prefixes(settings.base_iri)
    rewriter = Rewriter(settings.query, prefixes.namespaces)
    terms = read_terms(settings.resources.ontology, settings.base_iri, prefixes)
    examples = Examples(saved, inspected, documents.vocabulary, settings.base_iri)
    asking = editor.Editor(runner, documents, examples, terms, rewriter)
    service = ServiceDescription(reader, saved, inspected)
    app.include_router(sparql.router(runner, asking, service, Updates(desk), rewriter, jobs=jobs))
    app.include_router(graphstore.router(desk, reader, runner))
    app.include_router(editor.router(asking))
    app.include_router(
        home.router(
            reader,
            documents,
            [Question(one.name, one.question, f"query/{one.name}") for one in saved.values()],
        )
    )
    app.include_router(queries.router(runner, documents, saved, inspected, jobs=jobs, rewriter=rewriter))
    app.include_router(jobroutes.router(jobs, pages))
    pinner = Pinner(pool, settings, source)
    telling = Telling(pages, saved, pinner.archive, settings.base_iri)
    app.include_router(pinned.router(pinner, pool, telling, saved, inspected, jobs=jobs))
    describe_queries(app, saved, inspected)
    app.include_router(things.router(reader, runner, documents))
    app.mount("/static", StaticFiles(directory=pages.static), name="static")
    cache = ResponseCache(settings.http.cache_mb)
    return Application(Gateway(app, Endpoint(pool, cache, rewriter), cache, pages), metrics, scribe, clerks)
