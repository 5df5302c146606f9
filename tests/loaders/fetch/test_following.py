"""A law of harvests: after any that succeeded, the files are those that a first harvest would give.

Whatever the server did between them, and wherever those that failed have broken.
"""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.cityhall import CityHall
from support.diavgeia import ORGANIZATION, Diavgeia
from support.issuesite import KEY, IssueSite
from support.webserver import limits

from kamara.loaders.errors import FetchError
from kamara.loaders.fetch.client import Client
from kamara.loaders.fetch.contract import Errand, Fetched
from kamara.loaders.fetch.kinds import DiavgeiaFetch, ImproveMyCityFetch, Open311Fetch
from kamara.loaders.fetch.registry import fetch
from kamara.loaders.source import Files

TODAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
DAYS = 400
SINCE = (TODAY - timedelta(days=DAYS)).date()


def day(ago):
    return TODAY - timedelta(days=ago)


class Decisions:
    """Diavgeia: decisions are added, corrected and revoked."""

    def __init__(self):
        self.server = Diavgeia()

    def wanted(self, url, size):
        return DiavgeiaFetch(
            kind="diavgeia", url=url, organization=ORGANIZATION, since=SINCE, size=size, window="P90D"
        )

    def add(self, number, ago):
        if f"ΔΟΚΙΜΗ{number}" not in self.server.decisions:
            self.server.add(f"ΔΟΚΙΜΗ{number}", day(ago).date(), datetime.now(UTC))

    def change(self, number, to):
        if f"ΔΟΚΙΜΗ{number}" in self.server.decisions:
            self.server.correct(f"ΔΟΚΙΜΗ{number}", subject=f"Διόρθωση {to}")

    def end(self, number):
        if f"ΔΟΚΙΜΗ{number}" in self.server.decisions:
            self.server.revoke(f"ΔΟΚΙΜΗ{number}")

    def break_at(self, request):
        start = len(self.server.searches)
        self.server.spoil = lambda number, body: body[:30] if number - start == request else body


class Requests:
    """A city hall that tells what changed: requests are taken in, changed and closed."""

    def __init__(self):
        self.server = CityHall(pages=True)

    def wanted(self, url, size):
        return Open311Fetch(
            kind="open311", url=url, since=SINCE, page_size=size, incremental="updated_after", overlap="P1D"
        )

    def add(self, number, ago):
        if f"r{number}" not in self.server.requests:
            self.server.put(f"r{number}", day(ago), datetime.now(UTC))

    def change(self, number, to):
        if f"r{number}" in self.server.requests:
            requested = datetime.fromisoformat(str(self.server.requests[f"r{number}"]["requested_datetime"]))
            self.server.put(f"r{number}", requested, datetime.now(UTC), description=f"Αλλαγή {to}")

    def end(self, number):
        if f"r{number}" in self.server.requests:
            requested = datetime.fromisoformat(str(self.server.requests[f"r{number}"]["requested_datetime"]))
            self.server.put(f"r{number}", requested, datetime.now(UTC), status="closed")

    def break_at(self, request):
        start = len(self.server.queries)
        self.server.spoil = lambda number, body: body[:1] if number - start == request else body


class Issues:
    """An ImproveMyCity site: issues come, change and are solved."""

    def __init__(self):
        self.server = IssueSite()

    def wanted(self, url, size):
        return ImproveMyCityFetch(kind="improvemycity", url=url, modality=3, key=KEY, size=size)

    def add(self, number, ago):
        if number not in self.server.issues:
            self.server.put(number, datetime.now(UTC), created=str(day(ago)))

    def change(self, number, to):
        if number in self.server.issues:
            self.server.put(number, datetime.now(UTC), title=f"Αλλαγή {to}")

    def end(self, number):
        if number in self.server.issues:
            self.server.put(number, datetime.now(UTC), stepid=4)

    def break_at(self, request):
        start = len(self.server.queries)
        self.server.spoil = lambda number, body: body[:30] if number - start == request else body


CHANGES = st.one_of(
    st.tuples(st.just("add"), st.integers(1, 9), st.integers(0, DAYS - 5)),
    st.tuples(st.just("change"), st.integers(1, 9), st.integers(0, 99)),
    st.tuples(st.just("end"), st.integers(1, 9)),
)
# What happens, and at which request the harvest after it breaks; None: it does not.
STEPS = st.lists(
    st.tuples(st.lists(CHANGES, max_size=6), st.none() | st.integers(1, 9)), min_size=1, max_size=4
)


@contextmanager
def harvesting(server, attempt):
    """Harvests one after the other in a folder that is removed at the end."""
    with tempfile.TemporaryDirectory() as name, Client(limits(server)) as client:

        def run(wanted, last):
            folder = Path(tempfile.mkdtemp(dir=name))

            @contextmanager
            def kept():
                yield list(last.files or ())

            errand = Errand(
                name="law",
                files=Files(pattern="*"),
                place=folder,
                folder=folder,
                limits=client.limits,
                client=client,
                memo=last.memo,
                kept=kept,
                attempt=Path(name) / attempt,
            )
            return fetch(wanted, errand)

        yield run


def content(fetched):
    return {path.name: path.read_text(encoding="utf-8") for path in fetched.files or ()}


@pytest.mark.parametrize("kind", [Decisions, Requests, Issues])
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(steps=STEPS, size=st.integers(1, 4))
@example(steps=[([], 5), ([("add", 2, 41)], 1)], size=1)
def test_harvests_one_after_the_other_give_what_one_of_all_would(kind, steps, size):
    listing = kind()
    listing.add(1, 3)
    with listing.server.served() as server, harvesting(server, "attempt") as harvest:
        url = server.url("/opendata" if kind is Decisions else "/index.php")
        wanted, last = listing.wanted(url, size), Fetched(())
        # One that goes on from where it broke leaves what came meanwhile to the next.
        for changes, broken in [*steps, ([], None), ([], None)]:
            for name, *words in changes:
                getattr(listing, name)(*words)
            listing.break_at(broken)
            try:
                came = harvest(wanted, last)
            except FetchError:
                assert broken is not None
                continue
            last = came if came.files is not None else Fetched(last.files, came.memo)
        assert content(last) == content(harvest(wanted, Fetched(())))
