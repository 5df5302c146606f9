"""Rules over a whole dataset, run on its coming state before anything is committed.

A rule is `sparql/rules/NAME.rq`: a SELECT whose rows are violations, `?focus` the thing at fault, `?en` and
`?el` what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import zstandard
from pyoxigraph import QuerySolutions, RdfFormat, Store

from kamara.loaders.errors import RuleError
from kamara.resources import read_text


def check_rules(rules: Sequence[Path], coming: Path, vocabulary: Iterable[str], base_iri: str) -> None:
    """Run `rules` on the file `coming` (compressed N-Triples) and the lines of the ontology together.

    Raises RuleError for the first violation.
    """
    if not rules:
        return
    store = Store()
    store.bulk_load("".join(vocabulary), RdfFormat.N_TRIPLES)
    with coming.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as content:
        store.bulk_load(content, RdfFormat.N_TRIPLES)
    for rule in rules:
        _check(rule, store, base_iri)


def _check(rule: Path, store: Store, base_iri: str) -> None:
    try:
        rows = store.query(read_text(rule, base_iri))
    except SyntaxError as error:
        raise RuleError(f"is not SPARQL: {error.msg}", where=str(rule), remedy="correct the rule") from error
    if not isinstance(rows, QuerySolutions):
        raise RuleError("is not a SELECT query", where=str(rule), remedy="correct the rule")
    row = next(rows, None)
    if row is not None:
        raise RuleError(
            f"{row['focus'].value}: {row['en'].value}",
            where=f"rule {rule.stem}",
            remedy="correct the source; nothing of it was committed",
        )
