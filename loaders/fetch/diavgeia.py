"""Kind `diavgeia`: what organisations decided, from Diavgeia's OpenData API: all, or what changed since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.attempt import Attempt, attempt
from kamara.loaders.fetch.contract import Errand, Fetched
from kamara.loaders.fetch.diavgeialists import fetch_lists
from kamara.loaders.fetch.diavgeiapage import DECISIONS, explain
from kamara.loaders.fetch.diavgeiasearch import DAY, Search
from kamara.loaders.fetch.diavgeiaversions import VERSION_LOGS, version_logs
from kamara.loaders.fetch.kinds import DiavgeiaFetch
from kamara.loaders.fetch.merge import Entry, Merge
from kamara.loaders.fetch.pages import Pages
from kamara.loaders.fetch.progress import Progress, progress
from kamara.loaders.fetch.windows import Window, read_whole, windows

_ATHENS = ZoneInfo("Europe/Athens")
# A decision may bear a date that is still to come.
_AHEAD = timedelta(days=31)


def fetch(wanted: DiavgeiaFetch, errand: Errand) -> Fetched:
    """Fetch. Raises FetchError when the API fails, refuses, or answers what was not asked for.

    The files hold all decisions as they stand now, by ADA: those kept from before with the newer ones in
    their place. A harvest that breaks goes on from where it broke.
    """
    pages = Pages(errand.client, errand.folder, wanted.url, explain)
    if wanted.what not in ("decisions", "versions"):
        return fetch_lists(wanted, errand, pages)
    asked = progress(errand.memo, wanted.overlap, wanted.full_after)
    since = asked.since.astimezone(_ATHENS).date() if asked.since else None
    plan = f"{wanted.model_dump_json()} {since}"
    with attempt(errand, plan) as begun:
        form = DECISIONS if wanted.what == "decisions" else VERSION_LOGS
        merge = Merge(errand.folder / "merge", form)
        is_empty = True
        for found in _decisions(wanted, pages, begun, since):
            is_empty = is_empty and not found
            merge.take(found if form is DECISIONS else version_logs(found, wanted.url, pages, begun))
        if is_empty and since is None:
            raise FetchError(
                "has no decisions of this organisation since that day",
                where=wanted.url,
                remedy="correct fetch.organization and fetch.since in source.toml",
            )
        fetched = _fetched(errand, merge, asked, begun.started)
        begun.end()
    return fetched


def _fetched(errand: Errand, merge: Merge, asked: Progress, started: datetime) -> Fetched:
    if asked.since is None:
        return Fetched(merge.write([]), asked.memo(started))
    if merge.is_empty:
        return Fetched(None, asked.memo(started))
    with errand.kept() as kept:
        return Fetched(merge.write(kept), asked.memo(started))


def _decisions(
    wanted: DiavgeiaFetch, pages: Pages, begun: Attempt, since: date | None
) -> Iterator[list[Entry]]:
    today = begun.started.astimezone(_ATHENS).date()
    changed = (since or wanted.since, today + DAY)
    issued = Window(_midnight(wanted.since), _midnight(today + _AHEAD))
    for organization in wanted.organization.split():
        search = Search(wanted, pages, begun, organization, changed)
        for window in windows(issued, wanted.window):
            yield from read_whole(window, DAY, search.read)


def _midnight(day: date) -> datetime:
    """A day as a moment; in UTC, where all days are equally long."""
    return datetime.combine(day, time(), UTC)
