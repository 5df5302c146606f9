"""Kind `oai-pmh`: records from an OAI-PMH 2.0 repository, all or what changed since the last harvest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from lxml import etree
from oaipmh_scythe import Scythe
from oaipmh_scythe.exceptions import BadResumptionToken, NoRecordsMatch, OAIPMHException
from oaipmh_scythe.iterator import OAIResponseIterator
from oaipmh_scythe.response import OAIResponse

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.client import Client
from kamara.loaders.fetch.contract import Errand, Fetched
from kamara.loaders.fetch.kinds import OaiFetch
from kamara.loaders.fetch.merge import Merge
from kamara.loaders.fetch.oairecords import OAI, RECORDS, entries
from kamara.loaders.fetch.pages import Pages, address

_GRANULARITIES = {"YYYY-MM-DD": "%Y-%m-%d", "YYYY-MM-DDThh:mm:ssZ": "%Y-%m-%dT%H:%M:%SZ"}
_RESTARTS = 2


def fetch(wanted: OaiFetch, errand: Errand) -> Fetched:
    """Harvest. Raises FetchError when the repository fails, refuses or answers what is not OAI-PMH.

    The files hold all records as they stand now, by identifier: those kept from before with the harvested
    ones in their place, without those deleted.
    """
    repository = Repository(wanted.url, errand.client, errand.folder)
    now, granularity, tells_deletions = repository.introduce()
    since = errand.memo.get("until") if tells_deletions and _is_recent(wanted, errand, now) else None
    for _ in range(_RESTARTS + 1):
        merge = Merge(errand.folder / "merge", RECORDS)
        try:
            for page in repository.pages(wanted, since):
                merge.take(entries(page))
            break
        except (NoRecordsMatch, BadResumptionToken) as error:
            # In the middle of a list "no records" means that the place in it was lost.
            if merge.is_empty and isinstance(error, NoRecordsMatch):
                break
            merge.discard()
    else:
        raise FetchError(
            f"lost its place in the list {_RESTARTS + 1} times (badResumptionToken)",
            where=wanted.url,
            remedy="try again later, or harvest a smaller set",
        )
    memo = {"until": now.strftime(granularity), "full": errand.memo["full"] if since else now.isoformat()}
    if since and merge.is_empty:
        return Fetched(None, memo)
    if merge.is_empty:
        raise FetchError(
            "has no records of this prefix and set",
            where=wanted.url,
            remedy="correct fetch.prefix and fetch.set in source.toml",
        )
    if not since:
        return Fetched(merge.write([]), memo)
    with errand.kept() as kept:
        return Fetched(merge.write(kept), memo)


def _is_recent(wanted: OaiFetch, errand: Errand, now: datetime) -> bool:
    """Whether all records were harvested so lately that what changed since is enough."""
    full = errand.memo.get("full")
    return full is not None and now - datetime.fromisoformat(full) < wanted.full_after


class Repository(Scythe):
    """A repository at `url`, asked through our own client with its guards and limits.

    Pages must be well-formed: Scythe's own parser recovers, and so takes a page that was cut for a short one,
    the last of its list.
    """

    def __init__(self, url: str, client: Client, folder: Path) -> None:
        super().__init__(url, iterator=OAIResponseIterator)
        self._pages = Pages(client, folder, url)

    def harvest(self, query: dict[str, str]) -> OAIResponse:
        """One answer. Raises OAIPMHException for the repository's own errors, FetchError for all others."""
        url = address(self.endpoint, query)
        content = self._pages.get(url)
        check_page(content, url)
        answer = OAIResponse(httpx2.Response(200, content=content), params=query)
        answer.raise_for_oaipmh_error()
        return answer

    def introduce(self) -> tuple[datetime, str, bool]:
        """The repository's clock, the format of its datestamps, and whether it tells of deletions."""
        try:
            root = etree.fromstring(self.harvest({"verb": "Identify"}).http_response.content, _parser())
        except OAIPMHException as error:
            raise self._refusal(error) from error
        granularity = root.findtext(f"{OAI}Identify/{OAI}granularity", "").strip()
        deletions = root.findtext(f"{OAI}Identify/{OAI}deletedRecord", "no").strip()
        try:
            now = datetime.fromisoformat(root.findtext(f"{OAI}responseDate", "").strip())
            return now.astimezone(UTC), _GRANULARITIES[granularity], deletions in ("persistent", "transient")
        except (ValueError, KeyError) as error:
            raise FetchError(
                "does not say its time or the granularity of its dates in Identify",
                where=self.endpoint,
                remedy="give the base address of an OAI-PMH 2.0 repository in source.toml",
            ) from error

    def pages(self, wanted: OaiFetch, since: str | None) -> Iterator[bytes]:
        """The pages of ListRecords. Raises NoRecordsMatch, BadResumptionToken, FetchError for all others."""
        try:
            for answer in self.list_records(from_=since, metadata_prefix=wanted.prefix, set_=wanted.set):
                assert isinstance(answer, OAIResponse)
                yield answer.http_response.content
        except (NoRecordsMatch, BadResumptionToken):
            raise
        except OAIPMHException as error:
            raise self._refusal(error) from error

    def _refusal(self, error: OAIPMHException) -> FetchError:
        return FetchError(
            f"refuses ({type(error).__name__}): {str(error)[:200]}",
            where=self.endpoint,
            remedy="correct the table [fetch] in source.toml",
        )


def check_page(content: bytes, url: str) -> None:
    """Raise FetchError unless `content` is a well-formed OAI-PMH answer without a document type."""
    try:
        root = etree.fromstring(content, _parser())
    except etree.XMLSyntaxError as error:
        raise FetchError(
            f"does not answer in well-formed XML: {error}", where=url, remedy="try again later"
        ) from error
    if b"<!DOCTYPE" in content or root.tag != f"{OAI}OAI-PMH":
        raise FetchError(
            "answers something else than OAI-PMH 2.0",
            where=url,
            remedy="give the base address of the repository in source.toml",
        )


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
