"""The beginning of an answer, as a page shows it to people who have no script."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import cast

from fastapi import Request
from pyoxigraph import QueryResultsFormat, QuerySolutions, parse_query_results

from kamara.api.streaming import Runner
from kamara.site.asking import MOST_ROWS, Answered, Table
from kamara.site.documents import Documents
from kamara.site.texts import Language
from kamara.sparql.formats import named
from kamara.sparql.labels import Labels
from kamara.sparql.request import QueryRequest
from kamara.sparql.select import Node

_MOST_BYTES = 1 << 20
_MOST_CHARACTERS = 100_000


@dataclass(frozen=True)
class Beginning:
    """A table, the truth of an ASK, or the first lines of a graph in Turtle; `more` when that is not all."""

    version: int
    more: bool
    table: Table | None = None
    truth: bool | None = None
    text: str = ""


async def read_beginning(
    http: Request, runner: Runner, text: str, documents: Documents, language: Language
) -> Beginning:
    """Ask a query and read what fits on a page; the rest is not computed. Raises what `Runner.run` raises."""
    query = await runner.pool.look_at(text)
    is_graph = query.form in ("CONSTRUCT", "DESCRIBE")
    answer = await runner.run(
        http, query, QueryRequest(text, named("ttl" if is_graph else "tsv", query.form))
    )
    held = bytearray()
    more = False
    async for piece in answer:
        held += piece
        if len(held) > _MOST_BYTES:
            more = True
            answer.stop()
            break
    number = answer.version.number
    # A cut may go through a character or a row.
    content = bytes(held[: held.rfind(b"\n") + 1]) if more else bytes(held)
    if query.form == "ASK":
        return Beginning(number, more, truth=content.strip() == b"true")
    if is_graph:
        written = content.decode()
        return Beginning(number, more or len(written) > _MOST_CHARACTERS, text=written[:_MOST_CHARACTERS])
    shown = documents.table(_answered(content), language)
    return Beginning(number, more or shown.more, shown)


def _answered(content: bytes) -> Answered:
    """The rows of a page, and one more when there are others."""
    solutions = cast("QuerySolutions", parse_query_results(content, QueryResultsFormat.TSV))
    columns = tuple(variable.value for variable in solutions.variables)
    rows = [
        {name: cast("Node", node) for name in columns if (node := one[name]) is not None}
        for one in islice(solutions, MOST_ROWS + 1)
    ]
    return Answered(columns, rows, Labels())
