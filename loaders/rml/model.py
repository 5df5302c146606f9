"""What a mapping says, free of the vocabulary that it is written in.

Everything here is immutable and hashable: the compiler computes equal expressions once a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kamara.loaders.table import Dialect


class TermType(Enum):
    """The kinds of term that a term map makes (RML-Core, term types)."""

    IRI = "IRI"
    URI = "URI"
    BLANK_NODE = "BlankNode"
    LITERAL = "Literal"


@dataclass(frozen=True)
class Constant:
    """The same text for each record."""

    text: str


@dataclass(frozen=True)
class Reference:
    """The value that a record has under `name`: a column, later a path into JSON or XML."""

    name: str


@dataclass(frozen=True)
class Template:
    """Text and references, one after the other."""

    parts: tuple[str | Reference, ...]


@dataclass(frozen=True)
class FunctionCall:
    """A function of the registry, by IRI, and its inputs by the IRI of their parameter."""

    function: str
    inputs: tuple[tuple[str, TermMap], ...]


Expression = Constant | Reference | Template | FunctionCall


@dataclass(frozen=True)
class TermMap:
    """How one term is made: `language` and `datatype` of literals, `base_iri` of relative IRIs."""

    expression: Expression
    term_type: TermType
    base_iri: str
    language: Expression | None = None
    datatype: TermMap | None = None


@dataclass(frozen=True)
class PredicateObjectMap:
    """Every predicate with every object, in the subject's graphs and these; None is the default graph."""

    predicates: tuple[TermMap, ...]
    objects: tuple[TermMap, ...]
    graphs: tuple[TermMap | None, ...]


@dataclass(frozen=True)
class LogicalSource:
    """Where records come from: a `path` as the mapping says it, and how to read what is there.

    `formulation` is the local name of the reference formulation (`CSV`); `dialect` is that of a table.
    """

    path: str
    formulation: str
    iterator: str | None
    dialect: Dialect


@dataclass(frozen=True)
class TriplesMap:
    """A rule from each record of a source to triples. `place` names the file and the rule, for errors."""

    place: str
    source: LogicalSource
    subject: TermMap
    classes: tuple[TermMap, ...]
    graphs: tuple[TermMap | None, ...]
    predicate_objects: tuple[PredicateObjectMap, ...]
