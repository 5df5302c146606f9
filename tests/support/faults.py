"""Faults written into good lines, and what an engine then finds at fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kamara.loaders.validation.violations import Violation

Fault = tuple[str, str, Sequence[str]]
"""A thing as `<IRI>`, a predicate as IRI, and values (terms of N-Triples) in the place of what it has."""


def broken(lines: Sequence[str], fault: Fault) -> list[str]:
    """The N-Triples lines with a fault."""
    thing, predicate, values = fault
    kept = [line for line in lines if not line.startswith(f"{thing} <{predicate}> ")]
    return kept + [f"{thing} <{predicate}> {value} .\n" for value in values]


def at_fault(violations: Iterable[Violation]) -> set[str]:
    """The things that violations are about, each as `<IRI>`."""
    return {f"<{violation.focus}>" for violation in violations}
