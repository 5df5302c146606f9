from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kamara.config import RunSettings
from kamara.loaders.attempts import Attempts
from kamara.loaders.fetch.kinds import period
from kamara.loaders.freshness import assess

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RUN = RunSettings(retry_seconds=300, retry_max_seconds=3600)


def state(attempts, promised="P1D"):
    return assess("benches", promised, attempts, NOW, RUN).state


def succeeded(ago):
    return Attempts(success=NOW - ago, attempt=NOW - ago)


def failed(ago, times, success=None):
    when = NOW - ago
    return Attempts(success=success and NOW - success, attempt=when, failed=when, failures=times, failure="x")


def test_a_source_goes_from_fresh_to_due_to_late():
    assert state(succeeded(23 * HOUR)) == "fresh"
    assert state(succeeded(25 * HOUR)) == "due"
    assert state(succeeded(31 * HOUR)) == "late"


def test_a_source_that_was_never_tried_is_due():
    assert state(Attempts()) == "due"


def test_a_source_that_never_came_is_late():
    assert state(failed(HOUR, 1)) == "late"


def test_a_manual_source_is_never_due():
    assert state(succeeded(999 * DAY), "manual") == "manual"
    assert assess("benches", "manual", Attempts(), NOW, RUN).is_due is False


def test_what_failed_is_tried_again_after_a_wait_that_grows_to_a_limit():
    waits = [
        assess("b", "P1D", failed(0 * HOUR, times), NOW, RUN).due - NOW for times in (1, 2, 3, 4, 5, 999)
    ]
    assert [wait.total_seconds() for wait in waits] == [300, 600, 1200, 2400, 3600, 3600]


def test_a_load_by_hand_that_failed_does_not_hasten_what_is_not_due():
    assert assess("b", "P1D", failed(HOUR, 1, success=2 * HOUR), NOW, RUN).due == NOW + 22 * HOUR


@given(st.timedeltas(timedelta(0), 400 * DAY), st.sampled_from(["PT1H", "P1D", "P1W", "P1M", "P1Y"]))
def test_what_is_late_is_due_and_what_was_due_stays_so(ago, promised):
    one = assess("benches", promised, succeeded(ago), NOW, RUN)
    assert one.is_due == (ago >= period(promised))
    assert one.is_due or not one.is_late


@pytest.mark.parametrize("text", ["", "1 day", "P", "PT", "P0D", "-P1D", "daily", "86400", "P1D "])
def test_what_is_no_duration_is_refused(text):
    with pytest.raises(ValueError):
        period(text)
