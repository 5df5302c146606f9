"""One file from a web server onto the disk: retried, resumed, limited, and whole or not at all."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx2

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.client import Client
from kamara.loaders.fetch.decode import Allowance, unpack

_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})
_GONE = {
    401: "wants a user name and a password",
    403: "refuses access",
    404: "has no such file",
    410: "says that the file is gone for good",
}
# What a server says of its refusal is read up to here.
_SAID_BYTES = 4096
_SAID_CHARACTERS = 200
_CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "zstd": "zstd"}
_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")
# A file that changed a second before it was served can be told from its successor (RFC 9110 8.8.2.2).
_STRONG_AFTER = 1.0


def say_nothing(body: bytes) -> str:
    """What a refusal is explained by when nothing is known of its form."""
    return ""


@dataclass(frozen=True)
class Asking:
    """How a server is asked besides the address.

    `conditions` are the headers of a conditional request (RFC 9110 section 13). `private` gives parameters
    that stand in no log and no error, for each attempt anew. `explain` reads what the server says from the
    first bytes of a refusal's body; "" when it cannot.
    """

    conditions: Mapping[str, str] = field(default_factory=dict)
    private: Callable[[], Mapping[str, str]] = dict
    explain: Callable[[bytes], str] = say_nothing


@dataclass(frozen=True)
class Downloaded:
    """A whole file, unpacked from the content coding, and the headers that came with it."""

    path: Path
    headers: Mapping[str, str]


class _Broken(Exception):  # noqa: N818 - not an error yet: the request is made again
    """An attempt that failed and may be made again, after `wait` seconds if the server says so."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.wait = wait


class Download:
    """Fetches `url` to `target`, in as many attempts as the limits allow."""

    def __init__(self, client: Client, url: str, target: Path, asking: Asking) -> None:
        self._client = client
        self._limits = client.limits
        self._url = url
        self._target = target
        self._asking = asking
        self._part = target.with_name(f".{target.name}.part")
        self._headers: httpx2.Headers | None = None
        self._size = 0
        self._end = time.monotonic() + self._limits.total_seconds

    def run(self) -> Downloaded | None:
        """The file, or None when the server says that it did not change. Raises FetchError, ArchiveError."""
        try:
            for attempt in range(self._limits.retries + 1):
                try:
                    return self._finish() if self._attempt() else None
                except _Broken as broken:
                    self._wait(broken, attempt)
            raise AssertionError("the last attempt returns or raises")
        finally:
            self._part.unlink(missing_ok=True)

    def _attempt(self) -> bool:
        """Make one request and store what comes. False: the server says that nothing changed."""
        with self._answer() as answer:
            if answer.status_code == httpx2.codes.NOT_MODIFIED and self._asking.conditions:
                return False
            self._check_status(answer)
            offset = self._offset(answer)
            self._headers = answer.headers
            self._check_length(answer)
            self._store(answer.iter_raw(), offset)
        return True

    @contextmanager
    def _answer(self) -> Iterator[httpx2.Response]:
        """Whatever breaks on the way becomes _Broken; it may break again while the body is read."""
        rest, private = self._end - time.monotonic(), self._asking.private()
        try:
            with self._client.get(self._url, self._asked(), rest, private) as answer:
                yield answer
        except httpx2.TimeoutException as error:
            raise _Broken(f"did not answer in time ({type(error).__name__})") from error
        except httpx2.TransportError as error:
            raise _Broken(f"broke off: {error}") from error

    def _asked(self) -> dict[str, str]:
        """The headers to ask with: for the rest when a part is there that can be told to fit."""
        validator = _strong_validator(self._headers) if self._headers is not None and self._size else ""
        if validator:
            return {"Range": f"bytes={self._size}-", "If-Range": validator}
        return dict(self._asking.conditions)

    def _check_status(self, answer: httpx2.Response) -> None:
        code = answer.status_code
        if code in (httpx2.codes.OK, httpx2.codes.PARTIAL_CONTENT):
            return
        if code == httpx2.codes.RANGE_NOT_SATISFIABLE and self._size:
            self._headers, self._size = None, 0
            raise _Broken("does not give the rest of the file")
        if code in _RETRIED:
            raise _Broken(f"answers {code}", _retry_after(answer.headers))
        what = _GONE.get(code, "is not what Kamara can use")
        said = self._said(answer)
        raise self._refusal(f"the server {what} (status {code}){said}", "correct the address in source.toml")

    def _said(self, answer: httpx2.Response) -> str:
        if "Content-Encoding" in answer.headers:
            return ""
        body = b""
        for block in answer.iter_raw():
            body += block[:_SAID_BYTES]
            if len(body) >= _SAID_BYTES:
                break
        said = self._asking.explain(body[:_SAID_BYTES])[:_SAID_CHARACTERS]
        return f": {said}" if said else ""

    def _offset(self, answer: httpx2.Response) -> int:
        """Where in the file the answer begins. Anything but the wanted rest begins at 0."""
        if answer.status_code == httpx2.codes.OK:
            return 0
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        if found is None or int(found[1]) != self._size or not self._size:
            self._headers, self._size = None, 0
            raise _Broken("gives another part of the file than the one asked for")
        return self._size

    def _check_length(self, answer: httpx2.Response) -> None:
        told = answer.headers.get("Content-Length", "0")
        if told.isdecimal() and self._size + int(told) > self._limits.max_mb << 20:
            raise self._too_long()

    def _store(self, blocks: Iterator[bytes], offset: int) -> None:
        self._size = offset
        with self._part.open("r+b" if offset else "wb") as part:
            part.seek(offset)
            for block in blocks:
                self._size += len(block)
                if self._size > self._limits.max_mb << 20:
                    raise self._too_long()
                part.write(block)
        # A body without a length ends where the connection does, also when it was cut off.
        if self._is_over:
            raise self._too_slow("is not through")

    def _finish(self) -> Downloaded:
        """Undo the content coding, which the server may have named wrongly."""
        headers = self._headers if self._headers is not None else httpx2.Headers()
        named = [name.strip().lower() for name in headers.get("Content-Encoding", "").split(",")]
        codings = [name for name in named if name not in ("", "identity")]
        if len(codings) > 1 or any(name not in _CODINGS for name in codings):
            raise self._refusal(
                f"comes in the coding {', '.join(codings)}", "ask the server for gzip or zstd"
            )
        if codings:
            allowance = Allowance(self._limits, self._size, self._url)
            unpack(self._part, _CODINGS[codings[0]], self._target, allowance, self._url)
        else:
            self._part.rename(self._target)
        return Downloaded(self._target, headers)

    def _wait(self, broken: _Broken, attempt: int) -> None:
        """Wait before the next attempt. Raises FetchError when there is none."""
        if self._is_over:
            raise self._too_slow(broken.why)
        if attempt == self._limits.retries:
            raise self._refusal(f"the server {broken.why}, {attempt + 1} times", "try again later")
        pause = self._limits.backoff_seconds * 2**attempt * random.uniform(0.5, 1.0)
        pause = max(pause, broken.wait or 0.0)
        if time.monotonic() + pause > self._end:
            raise self._too_slow(f"{broken.why}; the next attempt would be in {pause:.0f} s, not")
        self._client.pause(pause)

    @property
    def _is_over(self) -> bool:
        return time.monotonic() >= self._end

    def _too_long(self) -> FetchError:
        limit = f"is longer than {self._limits.max_mb} MiB (fetch.max_mb)"
        return self._refusal(limit, "if it is meant, raise the limit in kamara.toml")

    def _too_slow(self, why: str) -> FetchError:
        limit = f"{self._limits.total_seconds:g} s (fetch.total_seconds)"
        return self._refusal(f"the server {why} within {limit}", "try again later")

    def _refusal(self, what: str, remedy: str) -> FetchError:
        return FetchError(what, where=self._url, remedy=remedy)


def download(client: Client, url: str, target: Path, asking: Asking | None = None) -> Downloaded | None:
    """Fetch `url` to `target`; None when nothing changed. Raises FetchError, ArchiveError."""
    return Download(client, url, target, asking or Asking()).run()


def _strong_validator(headers: httpx2.Headers) -> str:
    """What If-Range may hold (RFC 9110 section 13.1.5): a strong ETag, else a strong Last-Modified."""
    tag = headers.get("ETag", "")
    if tag:
        return "" if tag.startswith("W/") else tag
    modified, served = _time(headers.get("Last-Modified", "")), _time(headers.get("Date", ""))
    if modified and served and (served - modified).total_seconds() >= _STRONG_AFTER:
        return headers["Last-Modified"]
    return ""


def _retry_after(headers: httpx2.Headers) -> float | None:
    """The seconds of a Retry-After (RFC 9110 section 10.2.3): a number or a date."""
    told = headers.get("Retry-After", "").strip()
    if told.isdecimal():
        return float(told)
    when = _time(told)
    return max(0.0, (when - datetime.now(UTC)).total_seconds()) if when else None


def _time(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
