"""What a generated function cannot do: several values a reference, joins, collections.

Each term map is a function of its own; a triple is made for each combination of its subjects, predicates,
objects and graphs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from kamara.loaders.errors import RecordError
from kamara.loaders.rawrecord import Value
from kamara.loaders.rml.collections import CompiledGather
from kamara.loaders.rml.explain import Explanation, Problem, nameless
from kamara.loaders.rml.joins import JoinIndex, join_keys
from kamara.loaders.rml.model import Constant, Fresh, Gather, Join, ObjectMap, TermMap, TermType, TriplesMap
from kamara.loaders.rml.runtime import Labels
from kamara.loaders.rml.termfunction import TermFunction, Terms
from kamara.loaders.rml.vocabulary import RDF_TYPE

Row = Sequence[Value]
_DEFAULT_GRAPH = ("",)


@dataclass(frozen=True)
class _Joined:
    """The subjects of another source that a record is joined with."""

    index: JoinIndex
    keys: tuple[TermFunction, ...]
    otherwise: TermFunction | None

    def of(self, row: Row) -> tuple[str, ...]:
        found = self.index.find(join_keys(self.keys, tuple(row)))
        return self.otherwise.of(row) if self.otherwise and not found else found


_Object = TermFunction | _Joined | CompiledGather


@dataclass(frozen=True)
class _Triple:
    """Predicates, an object and graphs of a rule; without graphs it goes to the default graph."""

    predicates: tuple[TermFunction, ...]
    object: _Object
    graphs: tuple[TermFunction | None, ...]


@dataclass(frozen=True)
class _Rule:
    subject: TermFunction
    triples: list[_Triple] = field(default_factory=list)


class _Record:
    """The terms of one record, each made once."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self._made: dict[int, tuple[str, ...]] = {}

    def terms(self, function: TermFunction | _Joined) -> tuple[str, ...]:
        key = id(function)
        if key not in self._made:
            self._made[key] = function.of(self.row)
        return self._made[key]


class Combination:
    """The triples maps over one source, term by term."""

    def __init__(self, terms: Terms, labels: Labels, join: Callable[[Join], JoinIndex]) -> None:
        self._terms = terms
        self._labels = labels
        self._join = join
        self._rules: list[_Rule] = []
        self._more: list[_Rule] = []
        self._fresh = False

    @property
    def has_more(self) -> bool:
        """Whether records need this even when each reference has one value."""
        return bool(self._more)

    def add(self, rule: TriplesMap) -> None:
        """Add a triples map."""
        type_map = TermMap(Constant(RDF_TYPE), TermType.IRI, "")
        subject = self._terms.function(rule.subject)
        everything, more = _Rule(subject), _Rule(subject)
        for kind in rule.classes:
            everything.triples.append(self._triple((type_map,), kind, rule.graphs))
        for pair in rule.predicate_objects:
            graphs = tuple(dict.fromkeys(rule.graphs + pair.graphs))
            for value in pair.objects:
                triple = self._triple(pair.predicates, value, graphs)
                everything.triples.append(triple)
                if not isinstance(value, TermMap):
                    more.triples.append(triple)
        self._rules.append(everything)
        if more.triples:
            self._more.append(more)
            # Joined triples must say the same new label of a subject as the others.
            self._fresh = self._fresh or isinstance(rule.subject.expression, Fresh)

    def around(self, function: Callable[[Row], list[str]]) -> Callable[[Row], list[str]]:
        """`function` for records with one value a reference, and this for what it leaves."""

        def mapped(row: Row) -> list[str]:
            if self._fresh or tuple in map(type, row):
                return self._lines(self._rules, row)
            made = function(row)
            return made + self._lines(self._more, row) if self._more else made

        return mapped

    def explain(self, row: Row) -> Explanation:
        """Every problem of a record, and the subjects that it still gives."""
        problems: list[Problem] = []
        subjects: list[str] = []
        for rule in self._rules:
            subjects += _tried(problems, rule.subject.of, row)
            for triple in rule.triples:
                functions = (*triple.predicates, triple.object, *filter(None, triple.graphs))
                for function in functions:
                    _tried(problems, function.of, row)
        if not problems and not subjects:
            columns = dict.fromkeys(name for rule in self._rules for name in rule.subject.columns)
            problems.append(nameless(columns))
        iris = [term[1:-1] for term in subjects if term.startswith("<")]
        return Explanation(tuple(dict.fromkeys(iris)), tuple(dict.fromkeys(problems)))

    def _triple(
        self, predicates: Iterable[TermMap], value: ObjectMap, graphs: Iterable[TermMap | None]
    ) -> _Triple:
        return _Triple(
            tuple(self._terms.function(predicate) for predicate in predicates),
            self._object(value),
            tuple(None if graph is None else self._terms.function(graph) for graph in graphs),
        )

    def _object(self, value: ObjectMap) -> _Object:
        if isinstance(value, Join):
            index = self._join(value)
            keys = self._terms.untyped()
            otherwise = self._terms.function(value.otherwise) if value.otherwise else None
            return _Joined(index, tuple(keys.function(child) for child, _ in value.conditions), otherwise)
        if isinstance(value, Gather):
            members = tuple(self._object(member) for member in value.members)
            return CompiledGather(value, self._terms.function(value.head), members, self._labels)
        return self._terms.function(value)

    def _lines(self, rules: Iterable[_Rule], row: Row) -> list[str]:
        record, made = _Record(row), dict[str, None]()
        for rule in rules:
            subjects = record.terms(rule.subject)
            for triple in rule.triples if subjects else ():
                made.update(dict.fromkeys(_triples(record, subjects, triple)))
        return list(made)


def _triples(record: _Record, subjects: tuple[str, ...], triple: _Triple) -> Iterable[str]:
    predicates = [term for predicate in triple.predicates for term in record.terms(predicate)]
    graphs = [term for graph in triple.graphs for term in _graph_terms(record, graph)]
    endings = graphs if triple.graphs else _DEFAULT_GRAPH
    if isinstance(triple.object, CompiledGather):
        objects, inner = triple.object.build(record.row)
        yield from (f"{line}{graph} .\n" for line in inner for graph in endings)
    else:
        objects = record.terms(triple.object)
    for subject, predicate, value, graph in product(subjects, predicates, objects, endings):
        yield f"{subject} {predicate} {value}{graph} .\n"


def _graph_terms(record: _Record, graph: TermFunction | None) -> Iterable[str]:
    return _DEFAULT_GRAPH if graph is None else (f" {term}" for term in record.terms(graph))


def _tried(problems: list[Problem], make: Callable[[Any], tuple[str, ...]], row: Row) -> tuple[str, ...]:
    try:
        return make(row)
    except RecordError as error:
        problems.append(Problem(error.column, error.found, error.expected, error.expected_el))
        return ()
