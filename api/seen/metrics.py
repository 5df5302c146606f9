"""Numbers for Prometheus: what the pool does, and what leaves over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

import kamara
from kamara.api.seen.clerknotes import ClerkNotes
from kamara.api.seen.tallies import Count, Spread
from kamara.sparql.pool.observer import LaneName, LaneState, Outcome, PoolObserver

_SECONDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0)
_HIT, _MISS = "hit", "miss"


class Metrics(PoolObserver, Collector):
    """Counts since the server's start, in a registry of its own."""

    def __init__(self, lanes: Callable[[], dict[LaneName, LaneState]]) -> None:
        """`lanes` says who waits and works in each lane now."""
        self.registry = CollectorRegistry()
        self._lanes = lanes
        lane = ["lane"]
        self._queries = Count("kamara_queries", "Queries that are over, by outcome", ["lane", "outcome"])
        self._worked = Spread("kamara_query_seconds", "The engine's work on a query", lane, _SECONDS)
        self._waited = Spread(
            "kamara_query_wait_seconds", "Time that a query waited for a seat", lane, _SECONDS
        )
        self._killed = Count("kamara_workers_killed", "Workers that were ended, by reason", ["reason"])
        self._taken = Spread(
            "kamara_http_seconds",
            "From a request to the end of its answer, but for those from the response cache",
            (),
            _SECONDS,
        )
        self._statuses = Count("kamara_http_responses", "Answers by status", ["status"])
        self._clerks = Count(
            "kamara_clerk_answers", "Answers of clerks, by whether they were kept", ["result"]
        )
        self._bytes = 0
        self._cached = {_HIT: 0, _MISS: 0}
        self.registry.register(self)
        ProcessCollector(registry=self.registry)

    def started(self, lane: LaneName, waited_seconds: float) -> None:
        """A query has its seat."""
        self._waited.add(waited_seconds, lane)

    def ended(self, lane: LaneName, outcome: Outcome, seconds: float) -> None:
        """A query is over."""
        self._queries.add(lane, outcome)
        self._worked.add(seconds, lane)

    def killed(self, reason: str) -> None:
        """A worker was ended."""
        self._killed.add(reason)

    def exchanged(self, status: int, size: int, cache: str, seconds: float) -> None:
        """An answer has left: its status, the bytes of its body, `hit`, `miss` or nothing, and its time."""
        self._statuses.add(str(status))
        self._bytes += size
        if cache:
            self._cached[cache] += 1
        if cache != _HIT:
            self._taken.add(seconds)

    def clerks_answered(self, notes: ClerkNotes) -> None:
        """Clerks gave kept answers and new ones."""
        hits, done = notes.hits, notes.done
        self._statuses.add("200", count=hits + len(done))
        self._clerks.add(_HIT, count=hits)
        self._clerks.add(_MISS, count=len(done))
        self._bytes += notes.hit_bytes + sum(one.bytes for one in done)
        self._cached[_HIT] += hits
        self._cached[_MISS] += len(done)
        for one in done:
            self.ended("quick", "answered", one.seconds)

    def write(self, accept: str) -> tuple[bytes, str]:
        """All of it in a text format that Prometheus reads, and that format's media type."""
        encode, media_type = choose_encoder(accept)
        return encode(self.registry), media_type

    def collect(self) -> Iterator[Metric]:
        """The numbers as they are now (prometheus-client)."""
        for counted in (
            self._queries,
            self._worked,
            self._waited,
            self._killed,
            self._taken,
            self._statuses,
            self._clerks,
        ):
            yield counted.family()
        caches = CounterMetricFamily(
            "kamara_cache_requests", "Requests that the response cache answered or did not", labels=["result"]
        )
        for result, count in self._cached.items():
            caches.add_metric([result], count)
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
