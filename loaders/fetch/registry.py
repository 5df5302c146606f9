"""The kinds of transport by name. A new kind is one module, its settings in kinds.py, and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from kamara.loaders.fetch import declared, diavgeia, files, http, improvemycity, oai, open311
from kamara.loaders.fetch.contract import Errand, Fetched, Fetcher
from kamara.loaders.fetch.kinds import Fetch

FETCHERS: Mapping[str, Fetcher[Any]] = MappingProxyType(
    {
        "file": files.fetch,
        "settings": declared.fetch,
        "http": http.fetch,
        "oai-pmh": oai.fetch,
        "diavgeia": diavgeia.fetch,
        "open311": open311.fetch,
        "improvemycity": improvemycity.fetch,
    }
)


def fetch(wanted: Fetch, errand: Errand) -> Fetched:
    """Fetch a source by its kind. Raises SourceError."""
    return FETCHERS[wanted.kind](wanted, errand)
