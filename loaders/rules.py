"""Rules over a whole dataset, run on its coming state before anything is committed.

A rule is `sparql/rules/NAME.rq`: a SELECT whose rows are violations, `?focus` the thing at fault, `?en` and
`?el` what is wrong with it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from pathlib import Path

from pyoxigraph import QuerySolutions, RdfFormat, Store

from kamara.loaders.errors import RuleError
from kamara.resources import read_text
from kamara.sparql import lines

# A dataset with more lines is judged from the disk, at flat memory; with fewer, memory is quicker.
IN_MEMORY = 200_000

# Lines loaded at a time: the engine holds in memory what it is given at once.
_CHUNK = 100_000


def check_rules(rules: Sequence[Path], coming: Path, vocabulary: Iterable[str], base_iri: str) -> None:
    """Run `rules` on the file `coming` (compressed N-Triples) and the lines of the ontology together.

    A large dataset takes room beside its file meanwhile. Raises RuleError for the first violation.
    """
    if not rules:
        return
    with _store(coming) as store:
        content = chain(vocabulary, lines.read(coming))
        while some := "".join(islice(content, _CHUNK)):
            store.bulk_load(some, RdfFormat.N_TRIPLES)
        for rule in rules:
            _check(rule, store, base_iri)


@contextmanager
def _store(coming: Path) -> Iterator[Store]:
    if next(islice(lines.read(coming), IN_MEMORY, None), None) is None:
        yield Store()
        return
    folder = coming.with_name(f"{coming.name}.rules")
    try:
        yield Store(str(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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
