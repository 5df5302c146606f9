"""A light query answered at once: from the bytes of its request to the bytes of its answer."""

from __future__ import annotations

from collections.abc import Container
from functools import lru_cache
from time import perf_counter
from typing import NamedTuple

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, QueryTriples, Store

from kamara.api.clerks.heads import AnswerHeads, Figures
from kamara.api.clerks.limits import LARGEST_BODY
from kamara.api.clerks.plain import PlainReader
from kamara.api.gateway.encodings import encoded
from kamara.api.gateway.head import coding_for
from kamara.api.gateway.querytag import query_tag
from kamara.api.gateway.wish import Wish
from kamara.api.negotiation import choose
from kamara.api.seen.clerknotes import Done
from kamara.config import Settings
from kamara.sparql.errors import QueryError
from kamara.sparql.formats import Form, Format, engine_format, offers
from kamara.sparql.guard import Inspected, inspect
from kamara.sparql.pool.rows import counter
from kamara.sparql.request import sees_union
from kamara.sparql.versions import Version

# In XML the engine can write characters that XML has not; the pool's workers watch for them.
_FORMATS = frozenset({"json", "csv", "tsv"})
_UNNAMED_DATASET = ("d", "n")


class Reply(NamedTuple):
    """An answer without its status line and date: its header lines, and its body."""

    head: bytes
    body: bytes
    done: Done


class Replier:
    """Answers queries whose shape is known to be light, on one version."""

    def __init__(self, settings: Settings, version: Version, store: Store, light: Container[bytes]) -> None:
        self._settings = settings
        self._version = version
        self._store = store
        self._light = light
        self._reader = PlainReader()
        self._heads = AnswerHeads(version)

    def reply(self, data: bytes) -> Reply | None:
        """The answer to a request; None when another has to give it.

        None stands for every doubt: whoever answers then refuses, explains, or takes longer.
        """
        request = self._reader.read(data)
        query = None if request is None else self._light_query(request.text)
        if request is None or query is None:
            return None
        chosen = _preferred(request.wish.text(b"accept"), query.form)
        if chosen is None or chosen.name not in _FORMATS:
            return None
        tag = query_tag(self._settings, self._version, query, chosen, _UNNAMED_DATASET)
        return None if tag is None else self._answer(request.wish, query, chosen, tag)

    def _light_query(self, text: str) -> Inspected | None:
        try:
            query = inspect(text, self._settings.query)
        except QueryError:
            return None
        return query if query.shape in self._light and not query.services else None

    def _answer(self, wish: Wish, query: Inspected, chosen: Format, tag: str) -> Reply | None:
        began = perf_counter()
        try:
            whole, rows = self._table(query, chosen)
        except Exception:
            return None
        seconds = perf_counter() - began
        coding = coding_for(wish, len(whole), compressible=True)
        body = encoded(whole, coding)
        head = self._heads.write(chosen, coding, tag, len(body), Figures(rows, seconds))
        number = self._version.number
        shape = query.shape.hex()
        done = Done(shape, query.form, chosen.name, round(seconds, 6), rows, len(body), number)
        return Reply(head, body, done)

    def _table(self, query: Inspected, chosen: Format) -> tuple[bytes, int]:
        """The answer in this format, and how many rows it has. Raises OverflowError when it is too long."""
        settings, engines = self._settings, engine_format(chosen.media_type)
        union = sees_union(query, settings)
        results = self._store.query(query.text, base_iri=settings.base_iri, use_default_graph_as_union=union)
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
