"""Kind `http`: one file from a web server, asked for only when it changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.contract import Errand, Fetched, Memo
from kamara.loaders.fetch.download import Asking, Downloaded, download
from kamara.loaders.fetch.files import opened
from kamara.loaders.fetch.kinds import HttpFetch

_ATHENS = ZoneInfo("Europe/Athens")
_HEAD_BYTES = 2048
_PAGE = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL
)
_VALIDATORS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}


def fetch(wanted: HttpFetch, errand: Errand) -> Fetched:
    """Fetch the file unless the server says that it did not change. Raises FetchError, ArchiveError."""
    conditions = {_VALIDATORS[name]: value for name, value in errand.memo.items() if name in _VALIDATORS}
    # Not yet under its name: what tells the day in it comes with the answer.
    came = download(errand.client, wanted.url, errand.folder / "download", Asking(conditions))
    if came is None:
        return Fetched(None, errand.memo)
    _check_media(wanted, came)
    path = came.path.rename(errand.folder / _name(wanted, came.headers))
    return Fetched(opened([path], errand), _memo(came.headers))


def _memo(headers: Mapping[str, str]) -> Memo:
    return {name: headers[name] for name in _VALIDATORS if name in headers}


def _name(wanted: HttpFetch, headers: Mapping[str, str]) -> str:
    if wanted.save_as is None:
        name = Path(unquote(urlsplit(wanted.url).path)).name
        return name if name and not name.startswith(".") and "\0" not in name else "data"
    return wanted.save_as.replace("{date}", _day(headers))


def _day(headers: Mapping[str, str]) -> str:
    try:
        modified = parsedate_to_datetime(headers.get("Last-Modified", ""))
    except ValueError:
        modified = datetime.now(UTC)
    return modified.astimezone(_ATHENS).date().isoformat()


def _check_media(wanted: HttpFetch, came: Downloaded) -> None:
    """Refuse a web page, or what is not of the media types that were asked for."""
    told = came.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    expected = wanted.media.lower().split()
    if expected and told not in expected:
        raise FetchError(
            f"comes as {told or 'no media type'}, not as {' or '.join(expected)}",
            where=wanted.url,
            remedy="look at what the address gives, or correct fetch.media in source.toml",
        )
    if "text/html" not in expected and looks_like_page(came.path):
        raise FetchError(
            "gives a web page where data was expected",
            where=wanted.url,
            remedy="open the address in a browser: the file may have moved, or want a login",
        )


def looks_like_page(path: Path) -> bool:
    """Whether a file begins as HTML does, in whatever encoding."""
    with path.open("rb") as content:
        head = content.read(_HEAD_BYTES)
    text = (
        head.removeprefix(b"\xef\xbb\xbf")
        .replace(b"\0", b"")
        .removeprefix(b"\xff\xfe")
        .removeprefix(b"\xfe\xff")
    )
    return _PAGE.match(text.decode("latin-1")) is not None
