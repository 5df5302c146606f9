"""How far the harvests of a source came: what the next one asks for, and what it leaves for the one after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kamara.loaders.fetch.contract import Memo


@dataclass(frozen=True)
class Progress:
    """What is asked for by a harvest: what changed since `since`; all when that is None.

    `full` is when all was asked for the last time before it.
    """

    since: datetime | None
    full: str = ""

    def memo(self, started: datetime) -> Memo:
        """What to remember of the harvest, begun at `started`, once it is loaded."""
        return {"until": started.isoformat(), "full": self.full if self.since else started.isoformat()}


def progress(memo: Memo, overlap: timedelta, full_after: timedelta) -> Progress:
    """Go on from `overlap` before the last harvest; ask for all when that was not done for `full_after`."""
    until, full = memo.get("until"), memo.get("full")
    if until is None or full is None or datetime.now(UTC) - datetime.fromisoformat(full) >= full_after:
        return Progress(None)
    return Progress(datetime.fromisoformat(until) - overlap, full)
