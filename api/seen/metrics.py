"""Numbers for Prometheus: what the pool does, and what leaves over HTTP."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

import kamara
from kamara.sparql.pool.observer import LaneName, LaneState, Outcome, PoolObserver

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)


class Metrics(PoolObserver):
    """Counts since the server's start, in a registry of its own."""

    def __init__(self, lanes: Callable[[], dict[LaneName, LaneState]]) -> None:
        """`lanes` says who waits and works in each lane now."""
        self.registry = CollectorRegistry()
        own, lane = self.registry, ["lane"]
        self._queries = Counter(
            "kamara_queries", "Queries that are over, by outcome", ["lane", "outcome"], registry=own
        )
        self._worked = Histogram(
            "kamara_query_seconds", "The engine's work on a query", lane, buckets=_SECONDS, registry=own
        )
        self._waited = Histogram(
            "kamara_query_wait_seconds",
            "Time that a query waited for a seat",
            lane,
            buckets=_SECONDS,
            registry=own,
        )
        self._killed = Counter(
            "kamara_workers_killed", "Workers that were ended, by reason", ["reason"], registry=own
        )
        self._taken = Histogram(
            "kamara_http_seconds",
            "From a request to the end of its answer, but for those from the response cache",
            buckets=_SECONDS,
            registry=own,
        )
        self._tallies = _Tallies(lanes)
        own.register(self._tallies)
        ProcessCollector(registry=own)

    def started(self, lane: LaneName, waited_seconds: float) -> None:
        """A query has its seat."""
        self._waited.labels(lane).observe(waited_seconds)

    def ended(self, lane: LaneName, outcome: Outcome, seconds: float) -> None:
        """A query is over."""
        self._queries.labels(lane, outcome).inc()
        self._worked.labels(lane).observe(seconds)

    def killed(self, reason: str) -> None:
        """A worker was ended."""
        self._killed.labels(reason).inc()

    def exchanged(self, status: int, size: int, cache: str, seconds: float) -> None:
        """An answer has left: its status, the bytes of its body, `hit`, `miss` or nothing, and its time."""
        self._tallies.add(status, size, cache)
        if cache != "hit":
            self._taken.observe(seconds)

    def write(self, accept: str) -> tuple[bytes, str]:
        """All of it in a text format that Prometheus reads, and that format's media type."""
        encode, media_type = choose_encoder(accept)
        return encode(self.registry), media_type


class _Tallies(Collector):
    """What is counted without locks, since the event loop alone counts it, many thousand times a second."""

    def __init__(self, lanes: Callable[[], dict[LaneName, LaneState]]) -> None:
        self._lanes = lanes
        self._statuses: Tally[int] = Tally()
        self._caches: Tally[str] = Tally()
        self._bytes = 0

    def add(self, status: int, size: int, cache: str) -> None:
        """An answer has left."""
        self._statuses[status] += 1
        self._bytes += size
        if cache:
            self._caches[cache] += 1

    def collect(self) -> Iterator[Metric]:
        """The numbers as they are now."""
        statuses = CounterMetricFamily("kamara_http_responses", "Answers by status", labels=["status"])
        for status, count in sorted(self._statuses.items()):
            statuses.add_metric([str(status)], count)
        caches = CounterMetricFamily(
            "kamara_cache_requests", "Requests that the response cache answered or did not", labels=["result"]
        )
        for result in ("hit", "miss"):
            caches.add_metric([result], self._caches[result])
        yield statuses
        yield caches
        yield CounterMetricFamily("kamara_http_response_bytes", "Bytes of answers' bodies", value=self._bytes)
        yield from self._of_lanes()
        yield InfoMetricFamily("kamara", "The software", value={"version": kamara.__version__})

    def _of_lanes(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("kamara_queries_waiting", "Queries that wait for a seat", labels=["lane"])
        running = GaugeMetricFamily("kamara_queries_running", "Queries that run", labels=["lane"])
        workers = GaugeMetricFamily("kamara_workers", "Worker processes", labels=["lane"])
        for lane, state in self._lanes().items():
            waiting.add_metric([lane], state.waiting)
            running.add_metric([lane], state.running)
            workers.add_metric([lane], state.workers)
        yield from (waiting, running, workers)
