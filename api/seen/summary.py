"""What a query log comes to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kamara.api.seen.querylog import Entry

_NO_SHAPE = "-"


@dataclass(frozen=True)
class Outcome:
    """How many queries ended so."""

    status: int
    problem: str
    queries: int


@dataclass(frozen=True)
class Group:
    """The queries of one shape. `seconds`, `median` and `p95` are of the engine's work."""

    shape: str
    form: str
    name: str
    text: str
    queries: int
    refused: int
    seconds: float
    median: float
    p95: float
    rows: int
    bytes: int
    lanes: Sequence[str]


@dataclass(frozen=True)
class Summary:
    """All of it: outcomes, the most frequent first, and shapes, those with the most work first."""

    queries: int
    first: str
    last: str
    seconds: float
    bytes: int
    broken: int
    outcomes: Sequence[Outcome]
    shapes: Sequence[Group]


@dataclass
class _Shape:
    shape: str
    form: str = ""
    name: str = ""
    text: str = ""
    seconds: list[float] = field(default_factory=list)
    lanes: set[str] = field(default_factory=set)
    queries: int = 0
    refused: int = 0
    rows: int = 0
    bytes: int = 0

    def add(self, entry: Entry) -> None:
        self.form = entry.form or self.form
        self.name = entry.name or self.name
        self.text = entry.text or self.text
        self.queries += 1
        self.refused += entry.status >= 400
        self.rows += entry.rows or 0
        self.bytes += entry.bytes
        if entry.seconds is not None:
            self.seconds.append(entry.seconds)
        if entry.lane:
            self.lanes.add(entry.lane)

    def group(self) -> Group:
        ordered = sorted(self.seconds) or [0.0]
        return Group(
            shape=self.shape,
            form=self.form,
            name=self.name,
            text=self.text,
            queries=self.queries,
            refused=self.refused,
            seconds=round(sum(self.seconds), 4),
            median=ordered[(len(ordered) - 1) // 2],
            p95=ordered[(len(ordered) * 95 - 1) // 100],
            rows=self.rows,
            bytes=self.bytes,
            lanes=tuple(sorted(self.lanes)),
        )


def summarise(entries: Iterable[Entry], days: int | None) -> Summary:
    """Sum entries up; `days`: only those of the last days."""
    since = "" if days is None else (datetime.now(UTC) - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    outcomes: Counter[tuple[int, str]] = Counter()
    shapes: dict[str, _Shape] = {}
    times: list[str] = []
    broken = 0
    for entry in entries:
        if entry.time < since:
            continue
        times = [min([*times, entry.time]), max([*times, entry.time])]
        outcomes[(entry.status, entry.problem or "")] += 1
        shape = entry.shape or _NO_SHAPE
        shapes.setdefault(shape, _Shape(shape)).add(entry)
        broken += not entry.whole
    groups = sorted((one.group() for one in shapes.values()), key=lambda one: (-one.seconds, one.shape))
    return Summary(
        queries=sum(outcomes.values()),
        first=times[0] if times else "",
        last=times[-1] if times else "",
        seconds=round(sum(one.seconds for one in groups), 4),
        bytes=sum(one.bytes for one in groups),
        broken=broken,
        outcomes=[Outcome(status, problem, count) for (status, problem), count in outcomes.most_common()],
        shapes=groups,
    )
