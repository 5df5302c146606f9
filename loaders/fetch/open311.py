"""Kind `open311`: service requests from an Open311 GeoReport v2 server: all, or what is new since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import count

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.contract import Errand, Fetched
from kamara.loaders.fetch.georeport import JSON, XML, Dialect, Request, explain
from kamara.loaders.fetch.kinds import Open311Fetch
from kamara.loaders.fetch.merge import Entry, Merge
from kamara.loaders.fetch.pages import Pages, address
from kamara.loaders.fetch.progress import progress
from kamara.loaders.fetch.windows import Window, read_whole, windows

_HOUR = timedelta(hours=1)
# A server may take its dates in its own time zone, or by days.
_SLACK = timedelta(days=1)
_ROUNDS = 2


def fetch(wanted: Open311Fetch, errand: Errand) -> Fetched:
    """Fetch. Raises FetchError when the server fails, refuses, or gives other requests than asked for.

    The files hold all requests as they stand now, by number, without what their reporters gave of themselves.
    """
    server = Server(wanted, Pages(errand.client, errand.folder, wanted.url, explain))
    if wanted.what == "services":
        target = errand.folder / f"services.{wanted.format}"
        target.write_bytes(server.services())
        return Fetched((target,))
    now = datetime.now(UTC)
    asked = progress(errand.memo, wanted.overlap, wanted.full_after)
    span = Window(_start(wanted, asked.since), now + _SLACK)
    merge, seen = Merge(errand.folder / "merge", server.dialect.form), set[str]()
    for window in windows(span, wanted.window):
        for found in read_whole(window, _HOUR, Reading(server, asked.since).read):
            merge.take(found)
            seen.update(entry.identifier for entry in found)
    if asked.since is None:
        return Fetched(merge.write([]), asked.memo(now))
    with errand.kept() as kept:
        if wanted.incremental == "window":
            merge.take(_withdrawn(server.dialect, (path.read_bytes() for path in kept), span, seen))
        return Fetched(None if merge.is_empty else merge.write(kept), asked.memo(now))


def _start(wanted: Open311Fetch, since: datetime | None) -> datetime:
    first = datetime.combine(wanted.since, time(), UTC)
    return max(since, first) if since and wanted.incremental == "window" else first


def _withdrawn(dialect: Dialect, kept: Iterator[bytes], span: Window, seen: set[str]) -> Iterator[Entry]:
    """What was kept of the span that was asked for, and came no more."""
    sure = Window(span.start + _SLACK, span.end - _SLACK)
    for body in kept:
        for request in dialect.read(body):
            if request.identifier not in seen and _lies_in(request.requested, sure):
                yield Entry(request.identifier, None)


class Server:
    """A GeoReport server, asked in the dialect and with the key of the settings."""

    def __init__(self, wanted: Open311Fetch, pages: Pages) -> None:
        self.wanted = wanted
        self.dialect = JSON if wanted.format == "json" else XML
        self._pages = pages
        self._private = {"api_key": wanted.api_key.get_secret_value()} if wanted.api_key else {}
        self._always = {"jurisdiction_id": wanted.jurisdiction_id} if wanted.jurisdiction_id else {}

    def services(self) -> bytes:
        """The list of services as it is written."""
        url = self._address("services", {})
        content = self._pages.get(url, lambda: self._private)
        try:
            self.dialect.check_services(content)
        except ValueError as error:
            raise self._refusal(url, content, error) from error
        return content

    def requests(self, query: dict[str, str]) -> list[Request]:
        """The requests of one answer."""
        url = self._address("requests", query)
        content = self._pages.get(url, lambda: self._private)
        try:
            return self.dialect.read(content)
        except ValueError as error:
            raise self._refusal(url, content, error) from error
        except FetchError as error:
            raise FetchError(error.what, where=url, remedy="correct the table [fetch]") from None

    def _address(self, resource: str, query: dict[str, str]) -> str:
        url = f"{self.wanted.url.rstrip('/')}/{resource}.{self.wanted.format}"
        return address(url, self._always | query)

    def _refusal(self, url: str, content: bytes, error: ValueError) -> FetchError:
        is_page = b"<html" in content[:1024].lower()
        what = "a web page" if is_page else f"no whole {self.wanted.format.upper()} of GeoReport ({error})"
        return FetchError(f"answers {what}", where=url, remedy="try again later, or correct fetch.url")


@dataclass(frozen=True)
class Reading:
    """Reads the requests of windows, those that changed since `since` if the server can tell."""

    server: Server
    since: datetime | None

    def read(self, window: Window) -> list[Entry] | None:
        """All requests of a window; None when it is to be halved, as the answer may be cut or moved.

        GeoReport v2 cuts an answer without a word (90 days or 1,000 requests). Raises FetchError when an hour
        is not got whole either.
        """
        for _ in range(_ROUNDS):
            found, is_whole = self._round(window)
            if is_whole:
                return [request.entry for request in found]
            if len(found) >= self.server.wanted.limit:
                break
        if window.length > _HOUR:
            return None
        raise FetchError(
            f"gives {len(found)} requests of the hour from {_w3c(window.start)}, and perhaps not all",
            where=self.server.wanted.url,
            remedy="set fetch.page_size if the server gives pages, or fetch.limit to what it gives at most",
        )

    def _round(self, window: Window) -> tuple[list[Request], bool]:
        """The requests of a window, and whether they are all.

        A page without anything new is the last: any page may be short, and the end is not told.
        """
        wanted = self.server.wanted
        found = self._page(window, 1)
        known = {request.identifier for request in found}
        if wanted.page_size is None or not found:
            return found, len(found) < wanted.limit
        for number in count(2):
            page = self._page(window, number)
            new = {request.identifier for request in page} - known
            if not new:
                # A server that knows no pages gives the first again.
                return found, not page or number > 2 or len(found) < wanted.limit
            if len(new) < len(page):
                return found, False
            found += page
            known |= new
        raise AssertionError("a list without end is refused by its length")

    def _page(self, window: Window, number: int) -> list[Request]:
        wanted = self.server.wanted
        query = {"start_date": _w3c(window.start), "end_date": _w3c(window.end)}
        if self.since and wanted.incremental == "updated_after":
            query["updated_after"] = _w3c(self.since)
        if wanted.page_size is not None:
            query |= {"page": str(number), "page_size": str(wanted.page_size)}
        found = self.server.requests(query)
        self._check(found, window)
        return found

    def _check(self, found: list[Request], window: Window) -> None:
        """Refuse requests of another time: the server may drop dates that it does not understand."""
        near = Window(window.start - _SLACK, window.end + _SLACK)
        for request in found:
            told = [moment for moment in (request.requested, request.updated) if moment]
            if told and not any(_lies_in(moment, near) for moment in told):
                raise FetchError(
                    f"gives request {request.identifier} of {_w3c(told[0])}, asked for those from"
                    f" {_w3c(window.start)} to {_w3c(window.end)}",
                    where=self.server.wanted.url,
                    remedy="look how the server takes start_date and end_date",
                )


def _lies_in(moment: datetime | None, window: Window) -> bool:
    return moment is not None and window.start <= moment < window.end


def _w3c(moment: datetime) -> str:
    """A moment in the common subset of ISO 8601 that GeoReport takes."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
