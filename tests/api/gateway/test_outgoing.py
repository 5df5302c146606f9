"""An application's answers through the gateway: coded, conditional, kept, broken off where it broke off."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from support.graph import FixedVersions
from support.uvicorn_thread import running

from kamara.api.gateway.cache import ResponseCache
from kamara.api.gateway.endpoint import Endpoint
from kamara.api.gateway.gateway import Gateway
from kamara.api.rewriting import Rewriter
from kamara.config import Settings
from kamara.site.pages import Pages
from kamara.sparql.pool.querypool import QueryPool
from kamara.sparql.versions import Version

TEXT = b"Thessaloniki\n" * 1000
VERSION = Version(7, Path("seven"), 7, "2026-01-01T00:00:00+00:00", 3)
KNOWN = {"Kamara-Version": "7", "ETag": '"seven"', "Cache-Control": "no-cache"}
GZIP, PLAIN = {"Accept-Encoding": "gzip"}, {"Accept-Encoding": "identity"}


class Application:
    """Answers under addresses that are kept; counts what it was asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.app = Starlette(
            routes=[
                Route("/doc/{kind}", self.answer, methods=["GET", "HEAD", "POST"]),
                Route("/elsewhere", self.answer),
            ]
        )

    async def answer(self, request: Request) -> Response:
        self.asked += 1
        if request.headers.get("if-none-match") == KNOWN["ETag"]:
            return Response(status_code=304, headers=KNOWN)
        kinds = {
            "text": Response(TEXT, headers={**KNOWN, "Vary": "Accept"}, media_type="text/plain"),
            "small": Response(b"small", headers=KNOWN, media_type="text/plain"),
            "image": Response(TEXT, headers=KNOWN, media_type="image/png"),
            "fickle": Response(TEXT, headers={**KNOWN, "Cache-Control": "no-store"}, media_type="text/plain"),
            "old": Response(TEXT, headers={**KNOWN, "Kamara-Version": "6"}, media_type="text/plain"),
            "stream": StreamingResponse(pieces(), headers=KNOWN, media_type="text/plain"),
            "broken": StreamingResponse(broken(), headers=KNOWN, media_type="text/plain"),
        }
        return kinds[request.path_params.get("kind", "text")]


async def pieces() -> Iterator[bytes]:  # type: ignore[misc]
    for start in range(0, len(TEXT), 5000):
        yield TEXT[start : start + 5000]


async def broken() -> Iterator[bytes]:  # type: ignore[misc]
    yield TEXT
    raise OSError("the source is gone")


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def client(application: Application, tmp_path: Path) -> Iterator[httpx.Client]:
    pool = QueryPool(Settings(data_dir=tmp_path), FixedVersions(VERSION))
    cache = ResponseCache(1)
    endpoint = Endpoint(pool, cache, Rewriter(pool.limits, {}))
    gateway = Gateway(application.app, endpoint, cache, Pages(live=True))
    with running(gateway) as base, httpx.Client(base_url=base, timeout=30) as opened:
        yield opened


def raw(answer: httpx.Response) -> bytes:
    return b"".join(answer.iter_raw())


def test_a_coding_is_chosen_and_the_body_comes_back(client: httpx.Client) -> None:
    for header, coding in (("gzip", "gzip"), ("gzip, zstd", "zstd"), ("identity", None), ("br", None)):
        answer = client.get("/doc/text", headers={"Accept-Encoding": header})
        assert (answer.content, answer.headers.get("content-encoding")) == (TEXT, coding)
        assert answer.headers["vary"] == "Accept, Accept-Encoding"


def test_each_coding_has_its_tag(client: httpx.Client) -> None:
    tags = {
        client.get("/doc/text", headers={"Accept-Encoding": one}).headers["etag"]
        for one in ("gzip", "zstd", "")
    }
    assert tags == {'"seven"', '"seven-gzip"', '"seven-zstd"'}


@pytest.mark.parametrize("path", ["/doc/small", "/doc/image", "/elsewhere"])
def test_what_would_not_become_smaller_is_sent_as_it_is_unless_that_is_refused(
    client: httpx.Client, path: str
) -> None:
    if path != "/elsewhere":
        assert "content-encoding" not in client.get(path, headers=GZIP).headers
    forced = client.get(path, headers={"Accept-Encoding": "gzip, identity;q=0"})
    assert forced.headers["content-encoding"] == "gzip"


def test_a_client_that_takes_nothing_gets_406(client: httpx.Client) -> None:
    answer = client.get("/doc/text", headers={"Accept-Encoding": "identity;q=0"})
    assert answer.status_code == 406
    assert answer.headers["content-type"] == "application/problem+json"
    assert "gzip" in answer.json()["detail"]


def test_the_second_time_it_comes_from_the_cache(client: httpx.Client, application: Application) -> None:
    first, second = (client.get("/doc/text", headers=GZIP) for _ in range(2))
    assert (first.headers["kamara-cache"], second.headers["kamara-cache"]) == ("miss", "hit")
    assert application.asked == 1
    same = {name: value for name, value in first.headers.items() if name not in ("kamara-cache", "date")}
    assert same.items() <= second.headers.items()
    assert first.content == second.content


def test_head_says_what_get_says(client: httpx.Client) -> None:
    for path in ("/doc/text", "/doc/stream", "/doc/small"):
        for headers in (GZIP, PLAIN):
            client.get(path, headers=headers)
            got, head = client.get(path, headers=headers), client.head(path, headers=headers)
            assert head.content == b""
            assert {**head.headers, "date": ""} == {**got.headers, "date": ""}


def test_what_the_client_holds_is_304_from_the_cache_and_without_it(
    client: httpx.Client, application: Application
) -> None:
    known = {**GZIP, "If-None-Match": '"seven-gzip"'}
    fresh = client.get("/doc/text", headers=known)
    assert (fresh.status_code, fresh.headers["etag"], application.asked) == (304, '"seven-gzip"', 1)
    client.get("/doc/text", headers=GZIP)
    kept = client.get("/doc/text", headers=known)
    assert (kept.status_code, kept.headers["etag"], application.asked) == (304, '"seven-gzip"', 2)
    assert kept.headers["vary"] == "Accept, Accept-Encoding"
    assert client.get("/doc/text", headers={**PLAIN, "If-None-Match": '"seven-gzip"'}).status_code == 200


@pytest.mark.parametrize("path", ["/doc/fickle", "/doc/old", "/elsewhere"])
def test_what_may_not_be_kept_is_asked_again(
    client: httpx.Client, application: Application, path: str
) -> None:
    for _ in range(2):
        assert client.get(path).headers.get("kamara-cache") != "hit"
    assert application.asked == 2


@pytest.mark.parametrize(
    "extra", [{"Range": "bytes=0-1"}, {"Authorization": "Bearer x"}, {"Prefer": "respond-async"}]
)
def test_what_is_somebodys_own_is_not_answered_from_the_cache(
    client: httpx.Client, application: Application, extra: dict[str, str]
) -> None:
    client.get("/doc/text")
    assert "kamara-cache" not in client.get("/doc/text", headers=extra).headers
    assert application.asked == 2


def test_post_is_never_answered_from_the_cache(client: httpx.Client, application: Application) -> None:
    client.get("/doc/text")
    assert client.post("/doc/text").headers.get("kamara-cache") is None
    assert application.asked == 2


def test_a_stream_is_packed_as_it_comes_and_kept_when_it_is_whole(
    client: httpx.Client, application: Application
) -> None:
    with client.stream("GET", "/doc/stream", headers=GZIP) as answer:
        assert answer.headers["transfer-encoding"] == "chunked"
        assert gzip.decompress(raw(answer)) == TEXT
    second = client.get("/doc/stream", headers=GZIP)
    assert (second.content, second.headers["kamara-cache"], application.asked) == (TEXT, "hit", 1)
    assert second.headers["etag"] == answer.headers["etag"] == 'W/"seven-gzip"'


@pytest.mark.parametrize("headers", [GZIP, PLAIN])
def test_an_answer_that_breaks_off_has_no_end(
    client: httpx.Client, application: Application, headers: dict[str, str]
) -> None:
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/doc/broken", headers=headers)
    assert application.asked == 2


def test_scripts_of_other_sites_may_ask_and_read_the_headers(client: httpx.Client) -> None:
    for _ in range(2):
        answer = client.get("/doc/text", headers={"Origin": "http://app.example"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "Kamara-Version" in answer.headers["access-control-expose-headers"]
    asks = {
        "Origin": "http://app.example",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization",
    }
    allowed = client.options("/doc/text", headers=asks)
    assert allowed.status_code == 204
    assert "PUT" in allowed.headers["access-control-allow-methods"]
    assert allowed.headers["access-control-allow-headers"] == "authorization"
