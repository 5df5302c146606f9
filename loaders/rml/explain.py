"""Why a record cannot be mapped: every problem in it, found by the compiled steps taken one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kamara.loaders.errors import RecordError
from kamara.loaders.rml.fragments import Step


@dataclass(frozen=True)
class Problem:
    """What was `found` in `column` (several are joined with a comma) and what was `expected` there.

    `expected_el` says in Greek what `expected` says in English.
    """

    column: str
    found: str
    expected: str
    expected_el: str


@dataclass(frozen=True)
class Explanation:
    """The IRIs of the `subjects` that the record still gives, and all its `problems`."""

    subjects: tuple[str, ...]
    problems: tuple[Problem, ...]


def explain(
    steps: Sequence[Step], subjects: Sequence[str], values: Mapping[str, Any], namespace: dict[str, Any]
) -> Explanation:
    """Take each step that still can be taken; `values` are the record's, by variable.

    A record that names nothing at all, as what it lacks is part of every subject, has that as its problem.
    """
    known: dict[str, Any] = dict(values)
    problems: list[Problem] = []
    for step in steps:
        if not all(name in known for name in step.needs):
            continue
        try:
            known[step.variable] = eval(step.code, namespace, known)
        except RecordError as error:
            columns = ", ".join(step.columns)
            problems.append(Problem(columns, error.found, error.expected, error.expected_el))
    made = [known.get(variable) for variable in subjects]
    if not problems and not any(made):
        problems.append(
            nameless(name for step in steps if step.variable in subjects for name in step.columns)
        )
    iris = [term[1:-1] for term in made if term and term.startswith("<")]
    return Explanation(tuple(dict.fromkeys(iris)), tuple(dict.fromkeys(problems)))


def nameless(columns: Iterable[str]) -> Problem:
    """The problem of a record that names nothing: together `columns` would."""
    return Problem(
        ", ".join(dict.fromkeys(columns)),
        "",
        "a value in each of these columns: together they name what the record is about",
        "τιμή σε καθεμιά από αυτές τις στήλες: μαζί ονομάζουν αυτό που περιγράφει η εγγραφή",
    )


def merged(explanations: Iterable[Explanation]) -> Explanation:
    """What several explanations say together, each thing once."""
    found = list(explanations)
    subjects = dict.fromkeys(subject for one in found for subject in one.subjects)
    problems = dict.fromkeys(problem for one in found for problem in one.problems)
    return Explanation(tuple(subjects), tuple(problems))
