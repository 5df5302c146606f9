"""A light query answered at once: from the bytes of its request to the bytes of its answer."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache
from time import perf_counter
from typing import NamedTuple

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, Store

from kamara.api.clerks.heads import AnswerHeads, Figures
from kamara.api.clerks.limits import LARGEST_BODY
from kamara.api.clerks.plain import PlainReader, PlainRequest
from kamara.api.clerks.skeleton import skeleton
from kamara.api.gateway.encodings import encoded
from kamara.api.gateway.head import coding_for
from kamara.api.gateway.querytag import is_fickle, text_tag
from kamara.api.negotiation import choose
from kamara.api.seen.clerknotes import Done
from kamara.config import Settings
from kamara.sparql.errors import QueryError
from kamara.sparql.formats import Form, Format, engine_format, offers
from kamara.sparql.guard import inspect
from kamara.sparql.pool.rows import counter
from kamara.sparql.request import sees_union
from kamara.sparql.versions import Version

# In XML the engine can write characters that XML has not; the pool's workers watch for them.
_FORMATS = frozenset({"json", "csv", "tsv"})
_UNNAMED_DATASET = ("d", "n")
_MOST_KINDS = 1000


class Reply(NamedTuple):
    """An answer without its status line and date: its header lines, and its body."""

    head: bytes
    body: bytes
    done: Done


class _Kind(NamedTuple):
    """What the guard found in a query that may be answered here."""

    shape: bytes
    name: str
    form: Form
    union: bool


class Replier:
    """Answers queries whose shape is known to be light, on one version."""

    def __init__(self, settings: Settings, version: Version, store: Store, light: Container[bytes]) -> None:
        self._settings = settings
        self._version = version
        self._store = store
        self._light = light
        self._reader = PlainReader()
        self._heads = AnswerHeads(version)
        self._kinds: dict[str, _Kind] = {}

    def reply(self, data: bytes) -> Reply | None:
        """The answer to a request; None when another has to give it.

        None stands for every doubt: whoever answers then refuses, explains, or takes longer.
        """
        request = self._reader.read(data)
        kind = None if request is None else self._kind(request.text)
        if request is None or kind is None or kind.shape not in self._light:
            return None
        chosen = _preferred(request.wish.text(b"accept"), kind.form)
        if chosen is None or chosen.name not in _FORMATS:
            return None
        return self._answer(request, kind, chosen)

    def _kind(self, text: str) -> _Kind | None:
        """What the guard finds; it is asked once for all texts of one skeleton."""
        bones = skeleton(text) if 4 * len(text) <= self._settings.query.max_bytes else None
        kind = None if bones is None else self._kinds.get(bones)
        if kind is not None:
            return kind
        try:
            query = inspect(text, self._settings.query)
        except QueryError:
            return None
        if query.services or is_fickle(query):
            return None
        union = sees_union(query, self._settings)
        kind = _Kind(query.shape, query.shape.hex(), query.form, union)
        if bones is not None and query.shape in self._light:
            if len(self._kinds) >= _MOST_KINDS:
                self._kinds.clear()
            self._kinds[bones] = kind
        return kind

    def _answer(self, request: PlainRequest, kind: _Kind, chosen: Format) -> Reply | None:
        began = perf_counter()
        try:
            whole, rows = self._table(request.text, kind, chosen)
        except Exception:
            return None
        seconds = perf_counter() - began
        coding = coding_for(request.wish, len(whole), compressible=True)
        body = encoded(whole, coding)
        tag = text_tag(self._settings, self._version, request.text, chosen, _UNNAMED_DATASET)
        head = self._heads.write(chosen, coding, tag, len(body), Figures(rows, seconds))
        number = self._version.number
        done = Done(kind.name, kind.form, chosen.name, round(seconds, 6), rows, len(body), number)
        return Reply(head, body, done)

    def _table(self, text: str, kind: _Kind, chosen: Format) -> tuple[bytes, int]:
        """The answer in this format, and how many rows it has. Raises OverflowError when it is too long."""
        base, engines = self._settings.base_iri, engine_format(chosen.media_type)
        results = self._store.query(text, base_iri=base, use_default_graph_as_union=kind.union)
        assert isinstance(engines, QueryResultsFormat)
        assert not isinstance(results, QueryTriples)
        names = [one.value for one in results.variables] if isinstance(results, QuerySolutions) else []
        # Written as a whole: piece by piece into an object of ours it took 12 microseconds more.
        body = results.serialize(format=engines)
        assert body is not None
        if len(body) > LARGEST_BODY:
            raise OverflowError
        if isinstance(results, QueryBoolean):
            return body, 1
        rows = counter(engines, names)
        rows.feed(body)
        return body, rows.rows


@lru_cache(maxsize=512)
def _preferred(accept: str | None, form: Form) -> Format | None:
    return choose(accept, offers(form)) if form in ("SELECT", "ASK") else None
