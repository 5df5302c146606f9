"""SPARQL 1.1 Update as far as it is offered: INSERT DATA and DELETE DATA on one graph, named in the text.

What stands in the braces is read as TriG, which has the same syntax there: a parser that cannot be made to
fetch anything and does not recurse. All else of the text is blanked, so that places in errors stay true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kamara.loaders.editing.change import Operation
from kamara.loaders.editing.payload import canonical, parsed
from kamara.loaders.errors import PayloadError, UnofferedError
from kamara.sparql.errors import QueryError
from kamara.sparql.lexer import Token, place, tokens

# The engine's parser overflows its stack at some thousands.
_DEEPEST = 100
_UNOFFERED = ("INSERT", "DELETE", "WITH", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD")


@dataclass(frozen=True)
class Update:
    """The one graph that an update is about, and its operations in order."""

    graph: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class _Span:
    """A part of the text, by the offsets of its begin and end."""

    start: int
    end: int


def read_update(text: str, base_iri: str) -> Update:
    """Read an update; relative IRIs are resolved against `base_iri`.

    Raises UnofferedError for another form of update, PayloadError for what is none, names no graph or more
    than one, or holds a blank node where something is to be deleted.
    """
    try:
        found = tokens(text)
    except QueryError as error:
        raise PayloadError(error.what, where=error.where, remedy=error.remedy) from error
    _check_nesting(text, found)
    read = [_operation(text, *parts, base_iri) for parts in _Reader(text, found).operations()]
    graphs = {graph for one in read for graph in one[0]}
    if len(graphs) != 1:
        told = ", ".join(sorted(graphs)[:3]) or "none"
        raise PayloadError(
            f"an update is about one graph; this one names {told}",
            remedy="send one request a graph: INSERT DATA { GRAPH <...> { ... } }",
        )
    return Update(graphs.pop(), tuple(operation for _, operation in read))


def names_dataset(text: str) -> bool:
    """Whether an update says for itself which graphs its WHERE looks into."""
    return any(token.is_word("USING", "WITH") for token in tokens(text))


def _check_nesting(text: str, found: Sequence[Token]) -> None:
    depth = 0
    for token in found:
        depth += {"open": 1, "close": -1}.get(token.kind, 0)
        if depth > _DEEPEST:
            raise PayloadError(
                f"brackets are nested deeper than {_DEEPEST}",
                where=place(text, token.start),
                remedy="write the update without so many groups",
            )


def _operation(
    text: str, verb: Token, prologue: Sequence[_Span], graphs: Sequence[_Span], base_iri: str
) -> tuple[set[str], Operation]:
    """The graphs of one operation and what it does."""
    quads = parsed(_only(text, [*prologue, *graphs]), ox.RdfFormat.TRIG, base_iri)
    names = {quad.graph_name.value for quad in quads if isinstance(quad.graph_name, ox.NamedNode)}
    kind = verb.text.upper()
    if kind == "DELETE" and any(_has_blank(quad) for quad in quads):
        raise PayloadError(
            "DELETE DATA holds a blank node",
            where=place(text, verb.start),
            remedy="name what is to be deleted by its address",
        )
    triples = (ox.Quad(quad.subject, quad.predicate, quad.object) for quad in quads)
    lines = canonical(triples, f"{kind} DATA")
    return names, Operation("add" if kind == "INSERT" else "remove", lines)


def _check_syntax(text: str, verb: int) -> None:
    """Raise PayloadError unless the engine can read the text, whose operation at `verb` is not offered.

    The engine reads all of it before it does anything; what is put before it ends it right there.
    """
    asked = f"{text[:verb]} DROP GRAPH <urn:kamara:none> ; {text[verb:]}"
    try:
        ox.Store().update(asked)
    except SyntaxError as error:
        message = str(error.msg).partition(": ")[2][:200]
        raise PayloadError(f"not SPARQL Update: {message}", remedy="correct the update") from error
    except RuntimeError:
        return


def _has_blank(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


def _only(text: str, spans: Sequence[_Span]) -> str:
    """`text` with all but `spans` turned into spaces; lines and columns stay."""
    kept, end = [], 0
    for span in spans:
        kept += [_blanked(text[end : span.start]), text[span.start : span.end]]
        end = span.end
    return "".join(kept)


def _blanked(text: str) -> str:
    return "".join(char if char == "\n" else " " for char in text)


class _Reader:
    """Walks over the tokens of an update (SPARQL 1.1 Update, section 19.8, rule 29)."""

    def __init__(self, text: str, found: Sequence[Token]) -> None:
        self._text = text
        self._found = found
        self._at = 0

    def operations(self) -> Iterator[tuple[Token, tuple[_Span, ...], tuple[_Span, ...]]]:
        """Each operation: its verb, the declarations before it, the groups `GRAPH <...> { ... }` in it."""
        prologue: list[_Span] = []
        while self._at < len(self._found):
            prologue += self._declarations()
            if self._at == len(self._found):
                return
            verb = self._verb()
            yield verb, tuple(prologue), tuple(self._graphs())
            if self._at < len(self._found):
                self._take("symbol", ";")

    def _declarations(self) -> Iterator[_Span]:
        while self._peek().is_word("BASE", "PREFIX"):
            first = self._next()
            if first.is_word("PREFIX"):
                self._take("name")
            yield _Span(first.start, self._take("iri").end)

    def _verb(self) -> Token:
        verb = self._next()
        if verb.is_word("INSERT", "DELETE") and self._peek().is_word("DATA"):
            self._next()
            return verb
        if verb.kind == "word" and verb.text.upper().startswith(_UNOFFERED):
            _check_syntax(self._text, verb.start)
            raise UnofferedError(
                f"{verb.text.upper()[:20]} is not offered; updates are INSERT DATA and DELETE DATA",
                where=place(self._text, verb.start),
                remedy="name the triples, or replace the graph by PUT to /graph-store",
            )
        raise self._unexpected(verb, "INSERT DATA or DELETE DATA")

    def _graphs(self) -> Iterator[_Span]:
        self._take("open", "{")
        while (token := self._next()).text != "}":
            if token.text == ".":
                continue
            if not token.is_word("GRAPH"):
                raise PayloadError(
                    "these triples are in no graph",
                    where=place(self._text, token.start),
                    remedy="put them in GRAPH <...> { ... }",
                )
            self._take("name" if self._peek().kind == "name" else "iri")
            self._take("open", "{")
            yield _Span(token.start, self._closed())

    def _closed(self) -> int:
        """Skip to the end of an opened bracket."""
        depth = 1
        while depth:
            token = self._next()
            depth += {"open": 1, "close": -1}.get(token.kind, 0)
        return token.end

    def _peek(self) -> Token:
        if self._at < len(self._found):
            return self._found[self._at]
        return Token("symbol", "", len(self._text))

    def _next(self) -> Token:
        token = self._peek()
        if not token.text:
            raise self._unexpected(token, "more")
        self._at += 1
        return token

    def _take(self, kind: str, text: str = "") -> Token:
        token = self._peek()
        if token.kind != kind or (text and token.text != text):
            raise self._unexpected(token, f"`{text}`" if text else f"an {kind}")
        return self._next()

    def _unexpected(self, token: Token, wanted: str) -> PayloadError:
        return PayloadError(
            f"expected {wanted}, found {f'`{token.text[:40]}`' if token.text else 'the end'}",
            where=place(self._text, token.start),
            remedy="correct the update",
        )
