"""`/graph-store`: SPARQL 1.1 Graph Store HTTP Protocol. Everyone reads; who holds a token writes.

A graph is named by `?graph=`; those of the city's datasets are also written at their own addresses,
`/graph/{dataset}` (section 4.1).
"""

from __future__ import annotations

from typing import Literal, cast
from urllib.parse import parse_qsl

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from kamara.api.indexing import NOT_INDEXED
from kamara.api.negotiation import choose
from kamara.api.problems import Refusal
from kamara.api.reader import Reader
from kamara.api.streaming import Answer, Runner
from kamara.api.validators import is_fresh, validators
from kamara.api.writing.conditions import condition, tag
from kamara.api.writing.desk import Desk
from kamara.api.writing.jobs import GraphJob
from kamara.api.writing.tokens import challenge
from kamara.loaders.dataset import dataset_iri
from kamara.loaders.editing.change import Editor
from kamara.loaders.editing.editing import state_of
from kamara.loaders.editing.payload import FORMATS
from kamara.sparql.formats import Format, offers
from kamara.sparql.request import QueryRequest
from kamara.sparql.select import Select, document_query, read_consistently
from kamara.sparql.store import graph_iri
from kamara.sparql.terms import is_iri
from kamara.sparql.versions import Version

_READ = "GET, HEAD, OPTIONS"
_WRITTEN = "GET, HEAD, PUT, POST, DELETE, OPTIONS"
_PATH = "/graph-store"
_GRAPH = {
    "name": "graph",
    "in": "query",
    "required": True,
    "description": "the IRI of the graph",
    "schema": {"type": "string", "format": "iri"},
}
_BODIES = {media_type: {"schema": {"type": "string"}} for media_type in FORMATS}


def router(desk: Desk, reader: Reader, runner: Runner) -> APIRouter:
    """The routes of graphs."""
    routes = APIRouter()
    graphs = Graphs(desk, reader, runner)
    for method in ("GET", "HEAD"):
        routes.add_api_route(
            _PATH,
            graphs.read,
            methods=[method],
            response_model=None,
            include_in_schema=method == "GET",
            openapi_extra={"parameters": [_GRAPH]},
        )
    for method in ("PUT", "POST", "DELETE"):
        body = {} if method == "DELETE" else {"requestBody": {"required": True, "content": _BODIES}}
        for path, endpoint, named in (
            (_PATH, graphs.write, {"parameters": [_GRAPH]}),
            ("/graph/{name}", graphs.write_named, {}),
        ):
            routes.add_api_route(
                path, endpoint, methods=[method], response_model=None, openapi_extra={**named, **body}
            )
    routes.add_api_route(
        _PATH, graphs.options, methods=["OPTIONS"], response_model=None, include_in_schema=False
    )
    return routes


class Graphs:
    """Reads and writes whole graphs."""

    def __init__(self, desk: Desk, reader: Reader, runner: Runner) -> None:
        self._desk = desk
        self._reader = reader
        self._runner = runner
        self._base_iri = desk.settings.base_iri
        self._whole = document_query("whole-graph")

    async def read(self, request: Request) -> Response:
        """All triples of a graph. Raises Refusal (400, 404, 406) and QueryError."""
        graph = _named_graph(request)
        choice = offers("CONSTRUCT")
        chosen = choose(request.headers.get("accept"), choice)
        if chosen is None:
            known = ", ".join(dict.fromkeys(item.media_type for item in choice.values()))
            raise Refusal(
                406, "graphs are not there in any format that Accept names", remedy=f"accept one of {known}"
            )
        headers, version = await to_thread.run_sync(self._headers, graph, chosen)
        if is_fresh(request, headers):
            return Response(status_code=304, headers=headers)
        asked = QueryRequest(self._whole, chosen, bindings={"graph": f"<{graph}>"})
        result = await self._runner.run(request, self._runner.pool.inspect(self._whole), asked)
        if result.version != version:
            # A version was published in between.
            headers = {**headers, "Kamara-Version": str(result.version.number)}
            del headers["ETag"], headers["Last-Modified"]
        return Answer(result, headers)

    async def write(self, request: Request) -> Response:
        """PUT, POST or DELETE of the graph that `?graph=` names. Raises Refusal."""
        editor = self._admit(request)
        return await self._write(request, editor, _named_graph(request))

    async def write_named(self, request: Request, name: str) -> Response:
        """The same for a graph by its own address. Raises Refusal."""
        editor = self._admit(request)
        return await self._write(request, editor, graph_iri(self._base_iri, name))

    def options(self) -> Response:
        """Say what is allowed."""
        return Response(status_code=204, headers={"Allow": _WRITTEN if self._desk.tokens else _READ})

    def _admit(self, request: Request) -> Editor:
        if not self._desk.tokens:
            raise _read_only("nothing can be written over HTTP here")
        return self._desk.admit(request)

    async def _write(self, request: Request, editor: Editor, graph: str) -> Response:
        first = graph_iri(self._base_iri, "")
        name = graph.removeprefix(first) if graph.startswith(first) else ""
        if name not in self._desk.editable:
            raise _read_only(f"<{graph[:200]}> is not the graph of an edited dataset")
        if name not in editor.datasets:
            raise Refusal(
                403,
                f"the token {editor.name!r} may not write into {name!r}",
                remedy=f"it may write into: {', '.join(editor.datasets) or 'none'}",
                headers=challenge("insufficient_scope"),
            )
        method = cast(Literal["PUT", "POST", "DELETE"], request.method)
        media_type = "" if method == "DELETE" else _media_type(request)
        body = b"" if method == "DELETE" else await self._desk.body(request)
        return await self._desk.write(GraphJob(method, name, media_type, body, condition(request), editor))

    def _headers(self, graph: str, chosen: Format) -> tuple[dict[str, str], Version]:
        """The headers of a graph as it stands in the published version. Raises Refusal (404)."""
        state, version = read_consistently(self._reader.pool, lambda select: self._state(select, graph))
        if state is None:
            raise Refusal(
                404,
                f"there is no graph <{graph[:200]}> in the published data",
                remedy="the service description at /sparql lists the graphs",
            )
        headers = validators(version, chosen.name)
        if state:
            # Other datasets change the version, but not this graph.
            headers["ETag"] = tag(state, chosen)
        return {**headers, **NOT_INDEXED, "Vary": "Accept"}, version

    def _state(self, select: Select, graph: str) -> str | None:
        """The state of an edited graph, empty for any other, None where there is none."""
        name = graph.removeprefix(graph_iri(self._base_iri, ""))
        if name in self._desk.editable:
            bound = {"graph": [graph], "dataset": [dataset_iri(self._base_iri, name)]}
            rows = select(document_query("graph-state"), bound)
            found = ((int(row["change"].value), int(row["triples"].value)) for row in rows)
            return next((state_of(*one) for one in found), None)
        return "" if any(True for _ in select(document_query("graph-holds"), {"graph": [graph]})) else None


def _named_graph(request: Request) -> str:
    """The graph that the query string names (section 4.2). Raises Refusal (400)."""
    encoded: bytes = request.scope["query_string"]
    try:
        pairs = parse_qsl(encoded.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError as error:
        raise Refusal(
            400, "the parameters are not percent-encoded UTF-8", remedy="encode them again"
        ) from error
    graphs = [value for key, value in pairs if key == "graph"]
    if any(key == "default" for key, _ in pairs):
        raise Refusal(
            400,
            "the default graph is the union of all graphs; it is read and written graph by graph",
            remedy="name one of them: ?graph=...",
        )
    if len(graphs) != 1 or not is_iri(graphs[0]):
        raise Refusal(
            400,
            "exactly one graph must be named, by its absolute IRI",
            remedy="send ?graph=https%3A%2F%2F...",
        )
    return graphs[0]


def _media_type(request: Request) -> str:
    """The type of the body. Raises Refusal (415) for one that is not read."""
    media_type, *parameters = request.headers.get("content-type", "").lower().split(";")
    charsets = [
        value.strip(' "')
        for name, _, value in (one.partition("=") for one in parameters)
        if "charset" in name
    ]
    if media_type.strip() not in FORMATS or any(one not in ("utf-8", "utf8") for one in charsets):
        told = request.headers.get("content-type", "a body without Content-Type")
        raise Refusal(
            415,
            f"a graph cannot be sent as {told[:80]}",
            remedy=f"send one of {', '.join(FORMATS)}, in UTF-8",
        )
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(415, "a packed body is not read", remedy="send it without Content-Encoding")
    return media_type.strip()


def _read_only(what: str) -> Refusal:
    return Refusal(405, what, remedy="see docs/http.md, Writing", headers={"Allow": _READ})
