"""HTTP for the way in: only to public addresses, politely, with limits on time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import MappingProxyType
from typing import Any

import httpx2

import kamara
from kamara.config import FetchSettings
from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.addresses import AddressGuard, Resolver, resolve

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_PRIVATE = "kamara_private"
_NOTHING_PRIVATE: Mapping[str, str] = MappingProxyType({})


class _Guarded(httpx2.BaseTransport):
    """Connects to the address that was checked, and to no other; TLS still verifies the host's name."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        # No connection is kept: one made for a host must never serve another at the same address.
        self._inner = httpx2.HTTPTransport(trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        host, port = request.url.host, request.url.port or _PORTS[request.url.scheme]
        failure: httpx2.TransportError | None = None
        for address in self._guard.addresses(host, port):
            pinned = httpx2.Request(
                request.method,
                _with(request.url, request.extensions[_PRIVATE]).copy_with(host=address),
                headers=request.headers,
                extensions={**request.extensions, "sni_hostname": host},
            )
            try:
                return self._inner.handle_request(pinned)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                failure = error
        raise failure or httpx2.ConnectError(f"{host} has no address")

    def close(self) -> None:
        self._inner.close()


class _CutOff:
    """Ends the connection when its time is over, also while the server sends headers without end."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(max(seconds, 0.0), self._end)
        self._timer.daemon = True
        self._socket: socket.socket | None = None
        self._is_over = False

    def __enter__(self) -> _CutOff:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        """Hear of a connection: the trace extension of httpx."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")
            if self._is_over:
                self._end()

    def _end(self) -> None:
        self._is_over = True
        if self._socket is not None:
            # Not the method of a TLS socket: that one forgets its session, under the hands of its reader.
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Client:
    """Makes GET requests, one at a time. Close it after use.

    `pause` waits so many seconds; `resolver` gives the addresses of a host.
    """

    def __init__(
        self,
        limits: FetchSettings,
        *,
        resolver: Resolver = resolve,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits
        self.pause = pause
        self._last: dict[str, float] = {}
        contact = f" (+{limits.contact})" if limits.contact else ""
        self._http = httpx2.Client(
            transport=_Guarded(AddressGuard(limits.allow_private, resolver)),
            follow_redirects=False,
            trust_env=False,
            timeout=httpx2.Timeout(limits.read_seconds, connect=limits.connect_seconds),
            headers={"User-Agent": f"Kamara/{kamara.__version__}{contact}", "Accept-Encoding": "gzip, zstd"},
        )

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close what is open."""
        self._http.close()

    @contextmanager
    def get(
        self,
        url: str,
        headers: Mapping[str, str],
        seconds: float,
        private: Mapping[str, str] = _NOTHING_PRIVATE,
    ) -> Iterator[httpx2.Response]:
        """The answer to a GET request, redirects followed, its body not read yet; cut off after `seconds`.

        `private` are parameters of the address that stand in no log and no error: keys and tokens. They are
        sent to the server asked, and to no other that it redirects to.

        Raises FetchError for an address that may not be fetched from and for redirects without end;
        httpx2.TransportError when the connection fails.
        """
        with _CutOff(seconds) as cut_off:
            answer = self._follow(url, headers, cut_off, private)
            try:
                yield answer
            finally:
                answer.close()

    def _follow(
        self, url: str, headers: Mapping[str, str], cut_off: _CutOff, private: Mapping[str, str]
    ) -> httpx2.Response:
        seen = [_parse(url, url)]
        while True:
            self._be_polite(seen[-1].host)
            # Added where the connection is made: what stands above it logs the address.
            told = {"trace": cut_off, _PRIVATE: private if _is_origin(seen[-1], seen[0]) else {}}
            request = self._http.build_request("GET", seen[-1], headers=headers, extensions=told)
            answer = self._http.send(request, stream=True)
            if answer.status_code not in _REDIRECTS:
                return answer
            target = answer.headers.get("Location", "")
            answer.close()
            seen.append(_without(self._following(seen, target), private))

    def _following(self, seen: list[httpx2.URL], target: str) -> httpx2.URL:
        where = str(seen[0])
        if not target or len(seen) > self.limits.max_redirects:
            what = "redirects to nowhere" if not target else f"redirects more than {len(seen) - 1} times"
            raise FetchError(what, where=where, remedy="give the address that it ends at in source.toml")
        return _parse(target, where, seen[-1])

    def _be_polite(self, host: str) -> None:
        """Wait until the host may be asked again."""
        rest = self._last.get(host, float("-inf")) + self.limits.delay_seconds - time.monotonic()
        if rest > 0:
            self.pause(rest)
        self._last[host] = time.monotonic()


def _with(url: httpx2.URL, private: Mapping[str, str]) -> httpx2.URL:
    return url.copy_merge_params(dict(private)) if private else url


def _without(url: httpx2.URL, private: Mapping[str, str]) -> httpx2.URL:
    """The address without what a server repeated of the private parameters."""
    for name in private:
        url = url.copy_remove_param(name) if name in url.params else url
    return url


def _is_origin(url: httpx2.URL, first: httpx2.URL) -> bool:
    """Whether it is the server that was asked first, perhaps by TLS now."""
    schemes = (first.scheme, url.scheme)
    return url.host == first.host and (schemes == ("http", "https") or _authority(url) == _authority(first))


def _authority(url: httpx2.URL) -> tuple[str, int]:
    return url.scheme, url.port or _PORTS[url.scheme]


def _parse(url: str, where: str, base: httpx2.URL | None = None) -> httpx2.URL:
    try:
        parsed = base.join(url) if base else httpx2.URL(url)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise FetchError(
            f"names {url[:200]!r}, which is no address", where=where, remedy="correct it"
        ) from error
    if parsed.scheme not in _PORTS or not parsed.host:
        raise FetchError(
            f"leads to {url[:200]!r}, which is no http(s) address", where=where, remedy="correct the address"
        )
    return parsed
