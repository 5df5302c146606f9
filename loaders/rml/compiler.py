"""Mappings compiled to Python functions: one a logical source, from a record's values to N-Quads lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from kamara.loaders.errors import MappingError
from kamara.loaders.logicalsource import LogicalSource, View
from kamara.loaders.readers import check_expressions
from kamara.loaders.rml.combination import Combination
from kamara.loaders.rml.compiled import CompiledSource
from kamara.loaders.rml.functions import FunctionRegistry
from kamara.loaders.rml.generator import Generator
from kamara.loaders.rml.joins import JoinIndex, Read
from kamara.loaders.rml.model import Join, Reference, TriplesMap
from kamara.loaders.rml.program import record_source, run
from kamara.loaders.rml.reader import read_mapping
from kamara.loaders.rml.runtime import Labels
from kamara.loaders.rml.termfunction import Terms
from kamara.loaders.rml.views import used_part


@dataclass(frozen=True)
class CompiledMapping:
    """A mapping, compiled: one function a logical source.

    It is `modern` when written in RML-Core's vocabulary, and `unsafe` when it may make IRIs that are none.
    """

    path: Path
    sources: tuple[CompiledSource, ...]
    modern: bool
    unsafe: bool
    joins: tuple[JoinIndex, ...] = field(repr=False)

    def prepare(self, read: Read) -> None:
        """Read what joins need, through `read`: before records are mapped, again for each new snapshot."""
        for index in self.joins:
            index.fill(read)


def compile_mapping(path: Path, *, base_iri: str, functions: FunctionRegistry) -> CompiledMapping:
    """Compile the RML mapping at `path`; its addresses are moved to `base_iri`.

    Raises MappingError, which names the file and the triples map, when it is invalid.
    """
    return _Compiler(path, functions).compile(base_iri)


class _Compiler:
    def __init__(self, path: Path, functions: FunctionRegistry) -> None:
        self._path = path
        self._functions = functions
        self._labels = Labels()
        self._joins: dict[Join, JoinIndex] = {}
        self._unsafe = False

    def compile(self, base_iri: str) -> CompiledMapping:
        by_source: dict[LogicalSource, list[TriplesMap]] = {}
        mapping = read_mapping(self._path, base_iri)
        for rule in mapping.rules:
            by_source.setdefault(rule.source, []).append(rule)
        for source in [source for source, rules in by_source.items() if not any(map(_says, rules))]:
            if len(by_source) > 1:  # it is there for joins only
                del by_source[source]
        sources = tuple(self._source(source, rules) for source, rules in by_source.items())
        return CompiledMapping(self._path, sources, mapping.modern, self._unsafe, tuple(self._joins.values()))

    def _source(self, source: LogicalSource, rules: list[TriplesMap]) -> CompiledSource:
        by_view: dict[View, list[TriplesMap]] = {}
        for rule in rules:
            if rule.view is not None:
                by_view.setdefault(rule.view, []).append(rule)
        rows = [self._rules(source, some) for some in by_view.values()]
        views = tuple(
            used_part(view, of_view.columns, some[0].place)
            for (view, some), of_view in zip(by_view.items(), rows, strict=True)
        )
        seen = replace(source, views=views)
        compiled = self._rules(seen, [rule for rule in rules if rule.view is None])
        self._check(seen, compiled.columns)
        return compiled.with_views(tuple(rows))

    def _rules(self, source: LogicalSource, rules: list[TriplesMap]) -> CompiledSource:
        generator = Generator(self._functions, self._labels, typed=source.typed)
        for rule in rules:
            generator.add(rule)
        terms = Terms(self._functions, self._labels, generator.columns, typed=source.typed)
        combination = Combination(terms, self._labels, self._join)
        for rule in rules:
            combination.add(rule)
        for name in terms.columns:
            generator.column(Reference(name))
        code = record_source(generator)
        function = run(code, generator)
        self._unsafe = self._unsafe or any("unsafe_iri(" in step for step in generator.steps)
        return CompiledSource(
            source,
            tuple(generator.columns),
            code,
            combination.around(function) if _may_combine(source, combination) else function,
            combination,
            tuple(generator.steps.values()),
            tuple(generator.subjects),
            tuple(generator.columns.values()),
            generator.namespace,
        )

    def _join(self, join: Join) -> JoinIndex:
        if join not in self._joins:
            columns: dict[str, str] = {}
            keys = Terms(self._functions, self._labels, columns, typed=False)
            self._joins[join] = JoinIndex(join, keys)
            self._check(join.source, columns)
        return self._joins[join]

    def _check(self, source: LogicalSource, columns: Iterable[str]) -> None:
        try:
            check_expressions(source, tuple(columns))
        except MappingError as error:
            raise MappingError(error.what, where=str(self._path), remedy=error.remedy) from error


def _may_combine(source: LogicalSource, combination: Combination) -> bool:
    """Whether a record of the source can have several values, or is joined with others."""
    return source.formulation != "CSV" or bool(source.separators) or combination.has_more


def _says(rule: TriplesMap) -> bool:
    """Whether a triples map makes triples of its own."""
    return bool(rule.classes or rule.predicate_objects)
