"""The lists of Diavgeia that are one answer each: types, organisations, their units and positions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.contract import Errand, Fetched
from kamara.loaders.fetch.diavgeiapage import json_object
from kamara.loaders.fetch.kinds import DiavgeiaFetch
from kamara.loaders.fetch.pages import Pages

# What an answer must hold, so that nothing else is taken for it.
_MEMBERS: Mapping[str, str] = MappingProxyType(
    {
        "types": "decisionTypes",
        "organizations": "organizations",
        "organization": "uid",
        "units": "units",
        "positions": "positions",
    }
)


def fetch_lists(wanted: DiavgeiaFetch, errand: Errand, pages: Pages) -> Fetched:
    """Fetch the list `wanted.what`, one file an address. Raises FetchError when one is another answer."""
    paths = []
    for name, path, member in _answers(wanted):
        url = f"{wanted.url.rstrip('/')}/{path}"
        content = pages.get(url)
        if member not in json_object(content, url):
            raise FetchError(
                f"answers without {member!r}", where=url, remedy="look at what the address gives"
            )
        target = errand.folder / name
        target.write_bytes(content)
        paths.append(target)
    return Fetched(tuple(paths))


def _answers(wanted: DiavgeiaFetch) -> Iterator[tuple[str, str, str]]:
    """Name of the file, path of the address, and what the answer must hold."""
    what, organizations = wanted.what, wanted.organization.split()
    if what == "types" or (what == "organizations" and not organizations):
        yield f"{what}.json", f"{what}.json", _MEMBERS[what]
    elif what == "organizations":
        for uid in organizations:
            yield f"organization-{uid}.json", f"organizations/{uid}.json", _MEMBERS["organization"]
    else:
        # Only units know the parameter; what does not know it drops it.
        for uid in organizations:
            yield f"{what}-{uid}.json", f"organizations/{uid}/{what}.json?descendants=all", _MEMBERS[what]
