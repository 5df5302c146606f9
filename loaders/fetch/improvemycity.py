"""Kind `improvemycity`: citizens' issues from an ImproveMyCity 3 site: all, or what changed since."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.contract import Errand, Fetched
from kamara.loaders.fetch.imcanswer import (
    ISSUES,
    TIMELINES,
    Json,
    categories_file,
    data,
    explain,
    issue,
    steps_file,
    timeline,
)
from kamara.loaders.fetch.imctoken import token
from kamara.loaders.fetch.kinds import ImproveMyCityFetch
from kamara.loaders.fetch.merge import Merge
from kamara.loaders.fetch.pages import Pages, address
from kamara.loaders.fetch.progress import progress

_ROUNDS = 3


def fetch(wanted: ImproveMyCityFetch, errand: Errand) -> Fetched:
    """Fetch. Raises FetchError when the site fails or refuses, or its list does not stand still.

    The files hold all published issues as they stand now, their timelines, the categories and the steps,
    without anything of a person.
    """
    site, now = Site(wanted, Pages(errand.client, errand.folder, wanted.url, explain)), datetime.now(UTC)
    asked = progress(errand.memo, wanted.overlap, wanted.full_after)
    issues = Merge(errand.folder / "issues", ISSUES)
    timelines = Merge(errand.folder / "timelines", TIMELINES)
    for told in site.issues(asked.since):
        entry = issue(told, wanted.url)
        issues.take([entry])
        timelines.take([timeline(entry.identifier, site.timeline(told))])
    lists = [
        _saved(errand.folder / "categories.json", categories_file(site.ask("categories", {})[0])),
        _saved(errand.folder / "steps.json", steps_file(site.ask("steps", {})[0])),
    ]
    if asked.since is None:
        return Fetched((*issues.write([]), *timelines.write([]), *lists), asked.memo(now))
    with errand.kept() as kept:
        return Fetched((*issues.write(kept), *timelines.write(kept), *lists), asked.memo(now))


def _saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


class Site:
    """An ImproveMyCity site, each request with a token of its own."""

    def __init__(self, wanted: ImproveMyCityFetch, pages: Pages) -> None:
        self._wanted = wanted
        self._pages = pages

    def ask(self, task: str, query: dict[str, str]) -> tuple[list[Json], int | None]:
        """The data that a task gives, and how many there are in all if it says so."""
        wanted = self._wanted
        always = {
            "option": "com_imc",
            "task": f"{wanted.api}.{task}",
            "format": "json",
            "m_id": str(wanted.modality),
            "l": wanted.language,
        }
        url = address(wanted.url, always | query)
        return data(self._pages.get(url, lambda: {"token": token(wanted)}), url)

    def issues(self, since: datetime | None) -> list[Json]:
        """All published issues, or those that changed since then.

        Pages are one list when they tell the same total and hold as many different issues; where they do not,
        they are asked for again.
        """
        changed = {"ts": str(int(since.timestamp()))} if since else {}
        if self._wanted.api == "api" or self._wanted.size == 0:
            return self.ask("issues", {**changed, "lim": "0"})[0]
        for _ in range(_ROUNDS):
            pages = list(self._pages_of(changed))
            found = {one.get("id"): one for listed, _ in pages for one in listed}
            if {total for _, total in pages} == {len(found)}:
                return list(found.values())
        raise FetchError(
            f"lists its issues differently {_ROUNDS} times",
            where=self._wanted.url,
            remedy="try again later; set fetch.size = 0 if the site knows no pages",
        )

    def _pages_of(self, changed: dict[str, str]) -> Iterator[tuple[list[Json], int | None]]:
        size, offset = self._wanted.size, 0
        while True:
            listed, total = self.ask("issues", {**changed, "lim": str(size), "offset": str(offset)})
            yield listed, total
            offset += size
            if not listed or total is None or offset >= total:
                return

    def timeline(self, issue: Json) -> list[Json]:
        """The steps of an issue: the newer interface gives them with it, the first one by themselves."""
        given = issue.get("timeline")
        if isinstance(given, list):
            return [one for one in given if isinstance(one, dict)]
        return self.ask("timeline", {"id": str(issue["id"])})[0]
