"""Asks an endpoint on behalf of a query: at an address that was checked, with a bound on time and bytes."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable

import httpx2

import kamara
from kamara.addresses import is_public, is_within, networks
from kamara.config import QuerySettings
from kamara.sparql.errors import ServiceError

Resolver = Callable[[str, int], Awaitable[list[str]]]
_LOG = logging.getLogger("kamara.sparql")
_PORTS = {"http": 80, "https": 443}
_JSON = "application/sparql-results+json"


async def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host as the system knows them, also of spellings like `127.1`. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Endpoints:
    """Endpoints that may be asked. No redirect is followed, no connection kept, no cookie, no proxy."""

    def __init__(self, limits: QuerySettings, resolver: Resolver = resolve) -> None:
        self._limits = limits
        self._networks = networks(limits.service_networks)
        self._resolver = resolver

    async def ask(self, endpoint: str, query: str) -> bytes:
        """The answer to a SELECT, as SPARQL Query Results JSON. Raises ServiceError."""
        try:
            url = httpx2.URL(endpoint)
            port = url.port or _PORTS[url.scheme]
        except (httpx2.InvalidURL, UnicodeError, KeyError) as error:
            raise _failed(endpoint, "is no http(s) address") from error
        try:
            return await self._asked(url, await self._addresses(url.host, port, endpoint), query)
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            _LOG.warning("SERVICE <%s>: %s: %s", endpoint, type(error).__name__, error)
            raise _failed(endpoint, "cannot be reached") from error

    async def _addresses(self, host: str, port: int, endpoint: str) -> list[str]:
        """Where to connect to, looked up once, so that no second look-up can differ."""
        found = await self._resolver(host, port)
        own = [one for one in found if not is_public(one) and not is_within(one, self._networks)]
        if own or not found:
            _LOG.warning("SERVICE <%s> is at %s, no public address", endpoint, ", ".join(own) or "none")
            raise _failed(endpoint, "is at an address that may not be called (query.service_networks)")
        return found

    async def _asked(self, url: httpx2.URL, addresses: list[str], query: str) -> bytes:
        async with httpx2.AsyncHTTPTransport(trust_env=False, retries=0) as transport:
            for address in addresses:
                try:
                    answer = await transport.handle_async_request(_request(url, address, query))
                except (httpx2.ConnectError, httpx2.ConnectTimeout):
                    if address == addresses[-1]:
                        raise
                    continue
                try:
                    return await self._read(answer, str(url))
                finally:
                    await answer.aclose()
        raise _failed(str(url), "has no address")

    async def _read(self, answer: httpx2.Response, endpoint: str) -> bytes:
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if answer.status_code != 200:
            raise _failed(endpoint, f"answers with status {answer.status_code}")
        if media_type not in (_JSON, "application/json"):
            raise _failed(endpoint, f"answers as {media_type[:60] or 'no media type'}, not as {_JSON}")
        if answer.headers.get("content-encoding", "identity").lower() != "identity":
            raise _failed(endpoint, "packs its answer though it was asked not to")
        most, held = self._limits.service_mb << 20, bytearray()
        async for piece in answer.aiter_raw():
            held += piece
            if len(held) > most:
                raise _failed(
                    endpoint, f"answers with more than {self._limits.service_mb} MiB (query.service_mb)"
                )
        return bytes(held)


def _request(url: httpx2.URL, address: str, query: str) -> httpx2.Request:
    """The request to this very address; Host and the name that TLS verifies stay the endpoint's."""
    return httpx2.Request(
        "POST",
        url.copy_with(host=address),
        headers={
            "Host": url.netloc.decode("ascii").rpartition("@")[2],
            "Accept": _JSON,
            "Accept-Encoding": "identity",
            "User-Agent": f"Kamara/{kamara.__version__}",
        },
        data={"query": query},
        extensions={"sni_hostname": url.raw_host.decode("ascii"), "timeout": httpx2.Timeout(None).as_dict()},
    )


def _failed(endpoint: str, what: str) -> ServiceError:
    return ServiceError(
        f"<{endpoint}> {what}", remedy="try again later, or write SERVICE SILENT to be answered without it"
    )
