"""A question whose answer is to be pinned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version as software
from itertools import pairwise, takewhile

import kamara
from kamara.sparql.errors import PinError
from kamara.sparql.formats import formats_of
from kamara.sparql.guard import Inspected
from kamara.sparql.request import QueryRequest
from kamara.sparql.results.record import ResultRecord
from kamara.sparql.results.taking import Taken
from kamara.sparql.versions import Version

# With one of these an answer is another one each time.
_FICKLE = ("NOW", "RAND", "STRUUID", "UUID", "BNODE")


@dataclass(frozen=True)
class Question:
    """A query to pin: `saved` and `values` say which saved query it was, and what was given to it."""

    query: Inspected
    request: QueryRequest
    saved: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    def record(self, version: Version, found: Taken, default_graph: str) -> ResultRecord:
        """What is known of its answer on a version; `default_graph` as in the settings."""
        request = self.request
        chosen = request.format or formats_of(self.query.form)[0]
        return ResultRecord(
            version=version.number,
            sequence=version.sequence,
            published=version.created,
            text=request.text,
            bindings=dict(request.bindings),
            default_graphs=tuple(request.default_graphs),
            named_graphs=tuple(request.named_graphs),
            default_graph=default_graph,
            form=self.query.form,
            format_name=chosen.name,
            saved=self.saved,
            values=dict(self.values),
            digest=found.digest,
            size=found.size,
            rows=found.rows,
            pinned=datetime.now(UTC).isoformat(timespec="seconds"),
            kamara=kamara.__version__,
            engine=software("pyoxigraph"),
            prefixes=dict(request.known_prefixes or {}) if chosen.prefixed else None,
        )


def require_steady(query: Inspected) -> None:
    """Raise PinError for a query whose answer is another one each time."""
    # The engine needs no space between words, so one of them may be glued to another.
    words = [token.text.upper() for token in query.tokens if token.kind == "word"]
    fickle = next((one for word in words for one in _FICKLE if one in word), None)
    if fickle is not None:
        raise PinError(
            f"an answer with {fickle} is another one each time",
            remedy="write the value that you mean in its place",
            asked=fickle,
        )
    if query.services:
        raise PinError(
            "an answer that other endpoints had a part in cannot be made again",
            remedy="leave SERVICE out",
            asked="SERVICE",
        )
    if _makes_blank_nodes(query):
        raise PinError(
            "blank nodes in the template of CONSTRUCT have other names each time",
            remedy="make IRIs in their place: BIND (IRI(...) AS ?x)",
            asked="CONSTRUCT",
        )


def _makes_blank_nodes(query: Inspected) -> bool:
    """Whether its template does: the first braces of a CONSTRUCT, which hold no others."""
    if query.form != "CONSTRUCT":
        return False
    at = next(at for at, token in enumerate(query.tokens) if token.text == "{")
    template = list(takewhile(lambda token: token.text != "}", query.tokens[at:]))
    return any(
        token.kind == "blank" or token.text == "[" or (token.text == "(" and after.text != ")")
        for token, after in pairwise(template)
    )
