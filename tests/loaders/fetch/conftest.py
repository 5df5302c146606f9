"""A source fetched from a server of ours, without loading it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.webserver import Pauses, limits

from kamara.loaders.fetch.client import Client
from kamara.loaders.fetch.contract import Errand, Fetched
from kamara.loaders.fetch.kinds import HttpFetch
from kamara.loaders.fetch.registry import fetch
from kamara.loaders.source import Files


@pytest.fixture
def pauses() -> Pauses:
    """What the client waited."""
    return Pauses()


@pytest.fixture
def fetched(tmp_path: Path, pauses: Pauses) -> Callable[..., Fetched]:
    """Fetch from a server: settings of the kind as `wanted`, limits by name."""

    def run(server, wanted=None, memo: Mapping[str, str] | None = None, kept=(), **others) -> Fetched:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))

        @contextmanager
        def opened() -> Iterator[list[Path]]:
            yield list(kept)

        found = limits(server, **others)
        with Client(found, pause=pauses) as client:
            files = Files(pattern="*.csv", members="*.csv")
            attempt = tmp_path / "attempt"
            errand = Errand("benches", files, folder, folder, found, client, memo or {}, opened, attempt)
            return fetch(wanted or HttpFetch(kind="http", url=server.url()), errand)

    return run
