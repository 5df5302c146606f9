"""What a mapping says, free of the vocabulary that it is written in.

Everything here is immutable and hashable: the compiler computes equal expressions once a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from kamara.loaders.logicalsource import LogicalSource, View


class TermType(Enum):
    """The kinds of term that a term map makes (RML-Core, term types)."""

    IRI = "IRI"
    URI = "URI"
    UNSAFE_IRI = "UnsafeIRI"
    UNSAFE_URI = "UnsafeURI"
    BLANK_NODE = "BlankNode"
    LITERAL = "Literal"


@dataclass(frozen=True)
class Constant:
    """The same text for each record."""

    text: str


@dataclass(frozen=True)
class Reference:
    """The value that a record has under `name`: a heading, or a path into JSON or XML."""

    name: str


@dataclass(frozen=True)
class Template:
    """Text and references, one after the other."""

    parts: tuple[str | Reference, ...]


@dataclass(frozen=True)
class Fresh:
    """Nothing: each record gets a blank node of its own from the term map called `name`."""

    name: str


@dataclass(frozen=True)
class FunctionCall:
    """A function of the registry, by IRI, and its inputs by the IRI of their parameter."""

    function: str
    inputs: tuple[tuple[str, TermMap], ...]


Expression = Constant | Reference | Template | FunctionCall | Fresh


@dataclass(frozen=True)
class TermMap:
    """How one term is made: `language` and `datatype` of literals, `base_iri` of relative IRIs."""

    expression: Expression
    term_type: TermType
    base_iri: str
    language: Expression | None = None
    datatype: TermMap | None = None


@dataclass(frozen=True)
class Join:
    """The `subject` of those records of another source for which both terms of each condition are equal.

    A condition is the child's term map and the parent's. Where no record meets them, `otherwise`.
    """

    source: LogicalSource
    subject: TermMap
    conditions: tuple[tuple[TermMap, TermMap], ...]
    otherwise: TermMap | None = None


class Gathering(Enum):
    """What terms are gathered as (RML-CC)."""

    LIST = "List"
    BAG = "Bag"
    SEQ = "Seq"
    ALT = "Alt"


@dataclass(frozen=True)
class Gather:
    """The terms of `members` as one collection or container, whose first node is `head` (RML-CC).

    `crossed` makes one of each combination of the members' terms instead of one of them all; `allow_empty`
    makes one even of no terms.
    """

    kind: Gathering
    head: TermMap
    members: tuple[ObjectMap, ...]
    crossed: bool
    allow_empty: bool


ObjectMap = TermMap | Join | Gather


@dataclass(frozen=True)
class PredicateObjectMap:
    """Every predicate with every object, in the subject's graphs and these; None is the default graph."""

    predicates: tuple[TermMap, ...]
    objects: tuple[ObjectMap, ...]
    graphs: tuple[TermMap | None, ...]


@dataclass(frozen=True)
class TriplesMap:
    """A rule from each record of a source, or from each row of a view on it, to triples.

    `place` names the file and the rule, for errors.
    """

    place: str
    source: LogicalSource
    subject: TermMap
    classes: tuple[TermMap, ...]
    graphs: tuple[TermMap | None, ...]
    predicate_objects: tuple[PredicateObjectMap, ...]
    view: View | None = None
