"""The Python of a generator's steps and lines: one function a record, or one a term."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from kamara.loaders.rml.fragments import Fragment
from kamara.loaders.rml.generator import Generator


def run(code: str, generator: Generator) -> Callable[[Sequence[Any]], Any]:
    """The function `map_record` that `code` defines."""
    exec(compile(code, "<rml>", "exec"), generator.namespace)
    function: Callable[[Sequence[Any]], Any] = generator.namespace["map_record"]
    return function


def term_source(generator: Generator, term: Fragment) -> str:
    """A function from a record to `term`, None where there is none."""
    return "\n".join([*_head(generator), f"    return {term.variables[0]}"]) + "\n"


def _head(generator: Generator) -> Iterator[str]:
    yield "def map_record(row):"
    if generator.columns:
        yield f"    {', '.join(generator.columns.values())}, = row"
    yield from (f"    {step.variable} = {step.expression}" for step in generator.steps.values())


def record_source(generator: Generator) -> str:
    """A function from a record to all its lines."""
    lines = [*_head(generator), "    lines = []"]
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
