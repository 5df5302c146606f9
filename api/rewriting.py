"""What a refused query could look like so that it passes; nothing where no honest rewrite is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from kamara.config import QuerySettings
from kamara.sparql.bindings import bind
from kamara.sparql.errors import (
    DeadlineError,
    MemoryLimitError,
    QueryError,
    ServiceError,
    ServiceRefusal,
    SyntaxRefusal,
)
from kamara.sparql.guard import Inspected, inspect, prefixes_of
from kamara.sparql.lexer import Token, tokens
from kamara.sparql.service.calls import calls

_FIRST_ROWS = 1000
# With one of these at the outermost level LIMIT spares no work, or is there already.
_WHOLE = ("LIMIT", "GROUP", "HAVING", "ORDER", "DISTINCT", "REDUCED")
_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")


class Rewriter:
    """Knows the limits that a rewrite must keep, and the prefixes that may be left undeclared by mistake."""

    def __init__(self, limits: QuerySettings, namespaces: Mapping[str, str]) -> None:
        self._limits = limits
        self._namespaces = namespaces

    @contextmanager
    def helping(self, text: str) -> Iterator[None]:
        """Give a QueryError that ends the block a rewrite of this query."""
        try:
            yield
        except QueryError as error:
            error.rewrite = error.rewrite or self.rewrite(text, error)
            raise

    @contextmanager
    def helping_saved(self, query: Inspected, bindings: Mapping[str, str]) -> Iterator[None]:
        """Give a QueryError that ends the block a text of its own for /sparql, with the values in it."""
        try:
            yield
        except QueryError as error:
            error.rewrite = error.rewrite or self.rewrite(bind(query, bindings), error)
            raise

    def rewrite(self, text: str, error: QueryError) -> str:
        """A query that passes where `text` ended in `error`; empty when there is none."""
        try:
            candidate = self._candidate(text, error)
            if candidate:
                inspect(candidate, self._limits)
        except QueryError:
            return ""
        return candidate

    def _candidate(self, text: str, error: QueryError) -> str:
        if isinstance(error, ServiceRefusal):
            return _without_services(text)
        if isinstance(error, ServiceError):
            return _with_silence(text)
        if isinstance(error, SyntaxRefusal):
            return self._with_prefixes(text)
        if isinstance(error, DeadlineError | MemoryLimitError):
            return _with_limit(text)
        return ""

    def _with_prefixes(self, text: str) -> str:
        found = tokens(text)
        declared = prefixes_of(found)
        used = {token.text.partition(":")[0] for token in found if token.kind == "name"}
        missing = sorted(used - set(declared))
        if not missing or not all(prefix in self._namespaces for prefix in missing):
            return ""
        lines = [f"PREFIX {prefix}: <{self._namespaces[prefix]}>\n" for prefix in missing]
        return "".join([*lines, text])


def _without_services(text: str) -> str:
    found = tokens(text)
    kept, at = [], 0
    for call in calls(found, prefixes_of(found)):
        if call.fault == "spelling":
            return ""
        if call.start >= at:
            kept.append(text[at : call.start])
            at = call.end
    return "".join([*kept, text[at:]]) if at else ""


def _with_silence(text: str) -> str:
    pieces, at = [], 0
    found = tokens(text)
    for call in calls(found, prefixes_of(found)):
        if not call.is_silent:
            end = call.start + len("SERVICE")
            pieces += [text[at:end], " SILENT"]
            at = end
    return "".join([*pieces, text[at:]]) if at else ""


def _with_limit(text: str) -> str:
    """The query with a LIMIT, where the first rows take less than all."""
    found = tokens(text)
    words = _outermost(found)
    projected = next((at for at, token in enumerate(found) if token.text == "{"), len(found))
    aggregates = any(token.is_word(*_AGGREGATES) for token in found[:projected])
    if aggregates or any(token.is_word("ASK", *_WHOLE) for token in words):
        return ""
    last = words[-1] if words and words[-1].is_word("VALUES") else None
    at = last.start if last else len(text)
    return f"{text[:at].rstrip()}\nLIMIT {_FIRST_ROWS}\n{text[at:]}".rstrip()


def _outermost(found: Sequence[Token]) -> list[Token]:
    """The words that stand in no bracket."""
    depth, words = 0, []
    for token in found:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth == 0 and token.kind == "word":
            words.append(token)
    return words
