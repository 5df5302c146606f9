"""Rules over a whole dataset, run on its coming state before anything is committed.

A rule is `sparql/rules/NAME.rq`: a SELECT whose rows are violations, `?focus` the thing at fault, `?en` and
`?el` what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory

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
    content = chain(vocabulary, lines.read(coming))
    if next(islice(lines.read(coming), IN_MEMORY, None), None) is None:
        fault = _first_fault(rules, None, content, base_iri)
    else:
        with TemporaryDirectory(prefix="rules-", dir=coming.parent) as folder:
            fault = _first_fault(rules, folder, content, base_iri)
    if fault is not None:
        raise fault


def _first_fault(
    rules: Sequence[Path], folder: str | None, content: Iterator[str], base_iri: str
) -> RuleError | None:
    """The first violation. It is returned, not raised: an error in flight would keep the store open."""
    store = Store(folder) if folder else Store()
    while some := "".join(islice(content, _CHUNK)):
        store.bulk_load(some, RdfFormat.N_TRIPLES)
    return next((fault for rule in rules if (fault := _fault(rule, store, base_iri))), None)


def _fault(rule: Path, store: Store, base_iri: str) -> RuleError | None:
    try:
        rows = store.query(read_text(rule, base_iri))
    except SyntaxError as error:
        return RuleError(f"is not SPARQL: {error.msg}", where=str(rule), remedy="correct the rule")
    if not isinstance(rows, QuerySolutions):
        return RuleError("is not a SELECT query", where=str(rule), remedy="correct the rule")
    row = next(rows, None)
    if row is None:
        return None
    return RuleError(
        f"{row['focus'].value}: {row['en'].value}",
        where=f"rule {rule.stem}",
        remedy="correct the source; nothing of it was committed",
    )
