"""How fresh each source is against what its source.toml promises."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from kamara.config import RunSettings, Settings
from kamara.errors import SettingsError
from kamara.loaders.attempts import Attempts, read_attempts
from kamara.loaders.fetch.kinds import period
from kamara.loaders.source import MANUAL, Source
from kamara.sparql.layout import Layout

# A source is late when a quarter of its period has gone by since it was due: time for a few attempts.
_GRACE = 0.25


@dataclass(frozen=True)
class Freshness:
    """A source at one moment. Times are in UTC; `due` is None when nothing is promised (manual).

    `frequency` is what is promised, as it is written. `is_due`: it is time to fetch. `is_late`: the promise
    is broken.
    """

    source: str
    frequency: str
    success: datetime | None
    attempt: datetime | None
    failed: datetime | None
    failure: str
    failures: int
    due: datetime | None
    is_due: bool
    is_late: bool

    @property
    def state(self) -> str:
        """One word: manual, late, due or fresh."""
        if self.due is None:
            return MANUAL
        return "late" if self.is_late else "due" if self.is_due else "fresh"


def frequency(settings: Settings, source: Source) -> str:
    """How often a source is to be fetched: an ISO 8601 duration, or `manual`. The settings go first.

    Raises SettingsError when they say something else.
    """
    configured = settings.sources.get(source.name)
    told = configured.frequency if configured else None
    if told not in (None, MANUAL):
        try:
            period(told)
        except ValueError as error:
            where = f"sources.{source.name}.frequency"
            raise SettingsError(str(error), where=where, remedy="see docs/sources.md") from error
    return told or source.about.frequency or MANUAL


def freshness(settings: Settings, sources: Iterable[Source], now: datetime) -> list[Freshness]:
    """Every source as it stands at `now`. Reads one small file a source."""
    layout = Layout(settings.data_dir)
    return [
        assess(
            source.name, frequency(settings, source), read_attempts(layout, source.name), now, settings.run
        )
        for source in sources
    ]


def assess(name: str, promised: str, attempts: Attempts, now: datetime, run: RunSettings) -> Freshness:
    """What the attempts of a source mean at `now`, given the promised frequency."""
    due, is_late = None, False
    if promised != MANUAL:
        every = period(promised)
        due = _due(attempts, every, run) or now
        if attempts.success:
            is_late = now > attempts.success + every * (1 + _GRACE)
        else:
            # What was tried and never came is late at once: nothing stands that could be fresh.
            is_late = attempts.attempt is not None
    return Freshness(
        source=name,
        frequency=promised,
        success=attempts.success,
        attempt=attempts.attempt,
        failed=attempts.failed,
        failure=attempts.failure,
        failures=attempts.failures,
        due=due,
        is_due=due is not None and now >= due,
        is_late=is_late,
    )


def _due(attempts: Attempts, every: timedelta, run: RunSettings) -> datetime | None:
    """When to fetch next: a period after the last success, and after failures not before a growing wait."""
    planned = attempts.success + every if attempts.success else None
    if not attempts.failures or attempts.attempt is None:
        return planned
    # The exponent is bounded, or the number would leave what a float holds.
    wait = min(run.retry_seconds * 2.0 ** min(attempts.failures - 1, 30), run.retry_max_seconds)
    again = attempts.attempt + timedelta(seconds=wait)
    return max(planned, again) if planned else again
