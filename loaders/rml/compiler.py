"""Mappings compiled to Python functions: one a logical source, from a record's values to N-Quads lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kamara.loaders.errors import RecordError
from kamara.loaders.rml.explain import Explanation, explain
from kamara.loaders.rml.fragments import Fragment, Step
from kamara.loaders.rml.functions import FunctionRegistry
from kamara.loaders.rml.generator import Generator
from kamara.loaders.rml.model import LogicalSource, TriplesMap
from kamara.loaders.rml.reader import read_mapping

_LINES_A_WRITE = 8192


@dataclass(frozen=True)
class CompiledSource:
    """The triples maps over one logical source.

    `columns` are the references that they use; a row has their values in this order, empty for null. `code`
    is the Python that was generated, for whoever looks into it.
    """

    source: LogicalSource
    columns: tuple[str, ...]
    code: str = field(repr=False)
    _function: Callable[[Sequence[str]], list[str]] = field(repr=False)
    _steps: tuple[Step, ...] = field(repr=False)
    _subjects: tuple[str, ...] = field(repr=False)
    _variables: tuple[str, ...] = field(repr=False)
    _namespace: dict[str, Any] = field(repr=False)

    def map(self, row: Sequence[str]) -> list[str]:
        """The lines of a record, each ending in ` .` and a line feed.

        Raises RecordError, with the column, when a function or an IRI is impossible; `explain` has the rest.
        """
        try:
            return self._function(row)
        except RecordError as error:
            problem = self.explain(row).problems[0]
            raise RecordError(
                f"column {problem.column}: found {problem.found!r}, expected {problem.expected}",
                column=problem.column,
                found=problem.found,
                expected=problem.expected,
                expected_el=problem.expected_el,
            ) from error

    def explain(self, row: Sequence[str]) -> Explanation:
        """Every problem of a record, and the subjects that it still gives.

        Slow: for records that `map` refuses, or that give it no line.
        """
        return explain(
            self._steps, self._subjects, dict(zip(self._variables, row, strict=True)), self._namespace
        )

    def write(self, rows: Iterable[Sequence[str]], write: Callable[[str], object]) -> int:
        """Map all `rows`, hand the text to `write` in large pieces, and return the number of lines.

        Raises RecordError as `map` does.
        """
        count = 0
        lines: list[str] = []
        for row in rows:
            lines += self.map(row)
            if len(lines) >= _LINES_A_WRITE:
                count += len(lines)
                write("".join(lines))
                lines.clear()
        write("".join(lines))
        return count + len(lines)


@dataclass(frozen=True)
class CompiledMapping:
    """A mapping, compiled: one function a logical source."""

    path: Path
    sources: tuple[CompiledSource, ...]


def compile_mapping(path: Path, *, base_iri: str, functions: FunctionRegistry) -> CompiledMapping:
    """Compile the RML mapping at `path`; its addresses are moved to `base_iri`.

    Raises MappingError, which names the file and the triples map, when it is invalid.
    """
    by_source: dict[LogicalSource, list[TriplesMap]] = {}
    for rule in read_mapping(path, base_iri):
        by_source.setdefault(rule.source, []).append(rule)
    sources = (_compile(source, rules, functions) for source, rules in by_source.items())
    return CompiledMapping(path, tuple(sources))


def _compile(
    source: LogicalSource, rules: Iterable[TriplesMap], functions: FunctionRegistry
) -> CompiledSource:
    generator = Generator(functions)
    for rule in rules:
        generator.add(rule)
    code = _source(generator)
    namespace = generator.namespace
    exec(compile(code, "<rml>", "exec"), namespace)
    return CompiledSource(
        source,
        tuple(generator.columns),
        code,
        namespace["map_record"],
        tuple(generator.steps.values()),
        tuple(generator.subjects),
        tuple(generator.columns.values()),
        namespace,
    )


def _source(generator: Generator) -> str:
    lines = ["def map_record(row):"]
    if generator.columns:
        lines.append(f"    {', '.join(generator.columns.values())}, = row")
    lines += [f"    {step.variable} = {step.expression}" for step in generator.steps.values()]
    lines.append("    lines = []")
    for subject, made in generator.rules:
        lines += _rule(subject, made, _implied(subject, generator))
    lines.append("    return lines")
    return "\n".join(lines) + "\n"


def _implied(subject: Fragment, generator: Generator) -> frozenset[str]:
    """The variables that have a value whenever the subject has one, as steps pass null on."""
    needs = {step.variable: step.needs for step in generator.steps.values()}
    implied: set[str] = set()
    pending = list(subject.conditions)
    while pending:
        variable = pending.pop()
        implied.add(variable)
        pending += needs.get(variable, ())
    return frozenset(implied)


def _rule(subject: Fragment, made: Iterable[Fragment], implied: frozenset[str]) -> Iterable[str]:
    """Python that adds the lines of one triples map: those with the same conditions under one `if`."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for line in made:
        extra = tuple(name for name in line.conditions if name not in implied)
        groups.setdefault(extra, []).append(line.source)
    yield f"    if {' and '.join(subject.conditions)}:"
    for extra, sources in groups.items():
        indent = " " * (12 if extra else 8)
        if extra:
            yield f"        if {' and '.join(extra)}:"
        yield f"{indent}lines += ("
        yield from (f"{indent}    {text}," for text in sources)
        yield f"{indent})"
