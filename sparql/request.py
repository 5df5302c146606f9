"""A query, as the pool takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from kamara.config import Settings
from kamara.sparql.bindings import bind
from kamara.sparql.formats import Format
from kamara.sparql.guard import Inspected, prefixes_of
from kamara.sparql.layout import Layout


@dataclass(frozen=True)
class QueryRequest:
    """One query.

    `format`: None takes the form's first one. `default_graphs` and `named_graphs`: IRIs of the graphs that
    the protocol names (SPARQL 1.1 Protocol, section 2.1.4); they replace the query's own dataset. `bindings`:
    variable name without `?` -> term in N-Triples. `in_full`: a graph is written without prefixes;
    `known_prefixes`: namespaces by prefix beside the query's own, None for those of `site/prefixes.toml`.
    """

    text: str
    format: Format | None = None
    default_graphs: Sequence[str] = ()
    named_graphs: Sequence[str] = ()
    bindings: Mapping[str, str] = field(default_factory=dict)
    in_full: bool = False
    known_prefixes: Mapping[str, str] | None = None


def question(
    query: Inspected, request: QueryRequest, chosen: Format, settings: Settings, seconds: float
) -> dict[str, Any]:
    """What the worker is asked. Naming a dataset, in the request or in the query, turns the union off.

    `seconds`: its deadline; the parent keeps it, the limit of processor time ends a worker without a parent.
    """
    by_protocol = bool(request.default_graphs or request.named_graphs)
    return {
        "text": bind(query, request.bindings),
        "media_type": chosen.media_type,
        "scratch": (str(Layout(settings.data_dir).scratch), settings.query.spool_mb << 20),
        "processor_seconds": ceil(seconds) + 2,
        "base_iri": settings.base_iri,
        "union": not by_protocol and sees_union(query, settings),
        "default_graphs": list(request.default_graphs) if by_protocol else None,
        "named_graphs": list(request.named_graphs) if by_protocol else None,
        "prefixes": _prefixes(query, request) if chosen.prefixed and not request.in_full else None,
    }


def sees_union(query: Inspected, settings: Settings) -> bool:
    """Whether a query for which the request names no dataset sees the union of all graphs by default."""
    return settings.default_graph == "union" and not query.names_dataset


def _prefixes(query: Inspected, request: QueryRequest) -> dict[str, Mapping[str, str] | None]:
    """See `kamara.sparql.pool.shortening.Prefixes`."""
    declared = prefixes_of(query.tokens).items()
    return {"own": {name: iri[1:-1] for name, iri in declared}, "known": request.known_prefixes}
