"""A page of a search in Diavgeia's OpenData API: what it says that it searched for, and its decisions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch import jsontext
from kamara.loaders.fetch.merge import Entry, Form

_RANGE = r"{}:\[DT\(({})[^)]*\) TO DT\(({})[^)]*\)\]"
_WHAT_IT_SAYS = ("errorMessage", "message", "exception", "error")


@dataclass(frozen=True)
class Asked:
    """One page of a search: an organisation's decisions by days of issue and of last change.

    The days are in Athens, each pair from the first up to, not with, the second.
    """

    organization: str
    issued: tuple[date, date]
    changed: tuple[date, date]
    page: int
    size: int

    def query(self) -> dict[str, str]:
        """The parameters. `status` is asked for, since revoked decisions are left out otherwise."""
        return {
            "org": self.organization,
            "from_issue_date": self.issued[0].isoformat(),
            "to_issue_date": self.issued[1].isoformat(),
            "from_date": self.changed[0].isoformat(),
            "to_date": self.changed[1].isoformat(),
            "status": "all",
            "page": str(self.page),
            "size": str(self.size),
        }

    def answers(self, executed: str) -> bool:
        """Whether a page's `info.query` is what was asked for.

        Diavgeia drops parameters that it does not know, and cuts days of issue to 180, without a word.
        """
        ranges = {"issueDate": self.issued, "submissionTimestamp": self.changed}
        return (
            f'organizationUid:"{self.organization}"' in executed
            and 'status:"' not in executed
            and all(re.search(_RANGE.format(name, *days), executed) for name, days in ranges.items())
        )


@dataclass(frozen=True)
class Page:
    """How many decisions the whole search has, how many a page holds at most, and those of this page."""

    total: int
    size: int
    entries: list[Entry]


def read_page(content: bytes, asked: Asked, url: str) -> Page:
    """A page, checked. Raises FetchError when it is not whole, or not what was asked for."""
    parts = json_object(content, url)
    try:
        info = jsontext.parse(parts["info"])
        texts = jsontext.elements(parts["decisions"])
    except (KeyError, ValueError) as error:
        raise FetchError(
            f"answers something else than a search result{_said(parts)}",
            where=url,
            remedy="give the base address of Diavgeia's OpenData API",
        ) from error
    numbers = info if isinstance(info, dict) else {}
    executed = str(numbers.get("query", "(not said)"))
    if not asked.answers(executed):
        raise FetchError(
            f"searched for something else than asked: {executed[:300]}",
            where=url,
            remedy="look whether the API changed its parameters",
        )
    total, size, told, page = (numbers.get(name) for name in ("total", "size", "actualSize", "page"))
    if not (isinstance(total, int) and isinstance(size, int) and size > 0 and page == asked.page):
        raise FetchError(
            "does not say which page of how many decisions it is", where=url, remedy="try again later"
        )
    if told != len(texts):
        raise FetchError(
            f"has {len(texts)} decisions on a page that should have {told}",
            where=url,
            remedy="try again later",
        )
    return Page(total, min(size, asked.size), [_entry(text, url) for text in texts])


def json_object(content: bytes, url: str) -> dict[str, str]:
    """The members of an answer that is a JSON object. Raises FetchError for any other answer."""
    try:
        return jsontext.members(jsontext.decode(content))
    except ValueError as error:
        what = "a web page" if content.lstrip()[:1] == b"<" else f"no whole JSON ({error})"
        raise FetchError(f"answers {what}", where=url, remedy="try again later") from error


def explain(body: bytes) -> str:
    """What the API says of a refusal."""
    try:
        return _said(jsontext.members(jsontext.decode(body))).removeprefix(": ")
    except ValueError:
        return ""


def _said(parts: dict[str, str]) -> str:
    said = [parts[name].strip('"') for name in _WHAT_IT_SAYS if name in parts]
    return f": {said[0][:200]}" if said else ""


def _entry(text: str, url: str) -> Entry:
    decision = jsontext.parse(text)
    ada = decision.get("ada") if isinstance(decision, dict) else None
    if not isinstance(decision, dict) or not isinstance(ada, str) or not ada.strip():
        raise FetchError("gives a decision without an ADA", where=url, remedy="tell the Diavgeia support")
    return Entry(ada, text, _rank(decision.get("submissionTimestamp")))


def _rank(changed: object) -> str:
    """The time of the last change, epoch milliseconds or ISO 8601, as a text that sorts by time."""
    if isinstance(changed, str):
        try:
            moment = datetime.fromisoformat(changed)
        except ValueError:
            return ""
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return f"{int(moment.timestamp() * 1000):020d}"
    return f"{changed:020d}" if isinstance(changed, int) else ""


def _kept(path: Path) -> Iterator[Entry]:
    parts = jsontext.members(path.read_text(encoding="utf-8"))
    return (_entry(text, path.name) for text in jsontext.elements(parts["decisions"]))


DECISIONS = Form("decisions-{share}.json", '{"decisions": [\n', ",\n", "\n]}\n", _kept)
"""The files of a harvest: each has the form of a search result."""
