"""What is counted without locks: the event loop alone counts it, many thousand times a second."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter as Tally
from collections.abc import Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.utils import floatToGoString


class Count:
    """A counter with labels."""

    def __init__(self, name: str, help_text: str, labels: Sequence[str]) -> None:
        self._about = (name, help_text, labels)
        self._counts: Tally[tuple[str, ...]] = Tally()

    def add(self, *labels: str, count: int = 1) -> None:
        """So many more with these labels."""
        self._counts[labels] += count

    def family(self) -> CounterMetricFamily:
        """The numbers as they are now."""
        name, help_text, labels = self._about
        found = CounterMetricFamily(name, help_text, labels=labels)
        for values, count in sorted(self._counts.items()):
            found.add_metric(values, count)
        return found


class Spread:
    """A histogram with labels. `bounds` are the upper ones of its buckets."""

    def __init__(self, name: str, help_text: str, labels: Sequence[str], bounds: Sequence[float]) -> None:
        self._about = (name, help_text, labels)
        self._bounds = bounds
        self._names = [*map(floatToGoString, bounds), "+Inf"]
        self._counts: dict[tuple[str, ...], list[int]] = {}
        self._sums: dict[tuple[str, ...], float] = {}

    def add(self, value: float, *labels: str) -> None:
        """One more with these labels."""
        counts = self._counts.get(labels)
        if counts is None:
            counts = self._counts[labels] = [0] * len(self._names)
            self._sums[labels] = 0.0
        counts[bisect_left(self._bounds, value)] += 1
        self._sums[labels] += value

    def family(self) -> HistogramMetricFamily:
        """The numbers as they are now."""
        name, help_text, labels = self._about
        found = HistogramMetricFamily(name, help_text, labels=labels)
        for values, counts in sorted(self._counts.items()):
            buckets = list(zip(self._names, accumulate(counts), strict=True))
            found.add_metric(values, buckets, self._sums[values])
        return found
