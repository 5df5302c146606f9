"""A search in Diavgeia read from its first page to its last, though decisions come and change meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.attempt import Attempt
from kamara.loaders.fetch.diavgeiapage import Asked, Page, read_page
from kamara.loaders.fetch.kinds import DiavgeiaFetch
from kamara.loaders.fetch.merge import Entry
from kamara.loaders.fetch.pages import Pages, address
from kamara.loaders.fetch.windows import Window

DAY = timedelta(days=1)
# A window that is restless is halved soon; a day cannot be.
_ROUNDS = 2
_ROUNDS_OF_A_DAY = 4
_SPLIT = "split"


@dataclass(frozen=True)
class Search:
    """The decisions of one organisation that were changed in the days `changed`, by windows of days of issue.

    Pages that the attempt has kept are not asked for again.
    """

    wanted: DiavgeiaFetch
    pages: Pages
    attempt: Attempt
    organization: str
    changed: tuple[date, date]

    def read(self, window: Window) -> list[Entry] | None:
        """All decisions of a window of whole days; None when the window is to be halved.

        The pages are one list when they tell the same total and hold as many different decisions. Where they
        are not, something moved from page to page, and may have been missed: they are asked for again. Two
        rounds that hold the same decisions are believed too, as Diavgeia may list a decision twice. Raises
        FetchError when a single day is too long a list, or does not stand still.
        """
        group = f"{self.organization} {window.start.date()} {window.end.date()}"
        if self.attempt.read(group, _SPLIT) is not None:
            return None
        before: set[str] = set()
        for _ in range(_ROUNDS if window.length > DAY else _ROUNDS_OF_A_DAY):
            pages = self._round(window, group)
            if pages[0].total > self.wanted.max_total:
                break
            if _is_whole(pages, before):
                return [entry for page in pages for entry in page.entries]
            before = _adas(pages)
            self.attempt.forget(group)
        self.attempt.forget(group)
        self._split(window, group, pages[0].total)
        return None

    def _round(self, window: Window, group: str) -> list[Page]:
        """The pages of a window, no more than one when they are too many."""
        pages = [self._page(window, group, 0)]
        first = pages[0]
        while len(pages) * first.size < first.total <= self.wanted.max_total:
            pages.append(self._page(window, group, len(pages)))
        return pages

    def _page(self, window: Window, group: str, number: int) -> Page:
        issued = window.start.date(), window.end.date()
        asked = Asked(self.organization, issued, self.changed, number, self.wanted.size)
        url = address(f"{self.wanted.url.rstrip('/')}/search.json", asked.query())
        kept = self.attempt.read(group, str(number))
        if kept is not None:
            return read_page(kept, asked, url)
        content = self.pages.get(url)
        page = read_page(content, asked, url)
        self.attempt.keep(group, str(number), content)
        return page

    def _split(self, window: Window, group: str, total: int) -> None:
        if window.length > DAY:
            self.attempt.keep(group, _SPLIT, b"")
            return
        day = f"the list of {self.organization} issued on {window.start.date()}"
        if total > self.wanted.max_total:
            what = f"{day} has {total} decisions, more than {self.wanted.max_total} (fetch.max_total)"
            raise FetchError(what, where=self.wanted.url, remedy="if it is meant, raise fetch.max_total")
        raise FetchError(
            f"{day} changed {_ROUNDS_OF_A_DAY} times while it was read",
            where=self.wanted.url,
            remedy="try again later",
        )


def _is_whole(pages: list[Page], before: set[str]) -> bool:
    totals, adas = {page.total for page in pages}, _adas(pages)
    count = len(adas) if adas != before else sum(len(page.entries) for page in pages)
    return totals == {count}


def _adas(pages: Iterable[Page]) -> set[str]:
    return {entry.identifier for page in pages for entry in page.entries}
