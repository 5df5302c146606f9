"""From an engine's raw results to violations, the same for every engine."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast

import pyoxigraph as ox
from rdflib import Literal, URIRef

from kamara.loaders.validation.graphs import Term, parse_term
from kamara.loaders.validation.shapesgraph import ShapesGraph
from kamara.loaders.validation.violations import Severity, Violation
from kamara.loaders.validation.wording import Wording

_PLAIN = re.compile(r"<[^<>]*>\Z")
_PLACEHOLDER = re.compile(r"\\\{[?$]\w+\\\}")


@dataclass(frozen=True)
class Result:
    """What an engine said: `path` is an IRI or empty, `texts` are its messages without languages."""

    focus: Term
    path: str
    component: str
    value: Term | None
    shape: str
    severity: Severity
    texts: tuple[str, ...] = ()


class Batch:
    """The N-Triples lines of one batch, with what results need to know of them."""

    def __init__(self, lines: Sequence[str], context: Sequence[str]) -> None:
        self._lines = lines
        self._context = context

    @cached_property
    def subjects(self) -> set[str]:
        """The subjects of the lines; read only when there are results, for most batches are good."""
        return _subjects(self._lines)

    @cached_property
    def _elsewhere(self) -> set[str]:
        return _subjects(self._context) - self.subjects

    def owners(self, focus: Term) -> list[Term]:
        """The batch's subjects that answer for a result about `focus`.

        A subject answers for itself. Things of the context were validated in a batch of their own. Any other
        node is only mentioned, so those who mention it answer: no result vanishes.
        """
        text = str(focus)
        if text in self.subjects or isinstance(focus, ox.BlankNode):
            return [focus]
        if text in self._elsewhere:
            return []
        return [parse_term(subject) for subject in sorted(self._mentions[text])]

    @cached_property
    def _mentions(self) -> dict[str, set[str]]:
        """For each object, the subjects that mention it."""
        mentions: dict[str, set[str]] = defaultdict(set)
        for line in self._lines:
            mentions[_object(line)].add(line.partition(" ")[0])
        return mentions

    def values(self, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], list[Term]]:
        """What each pair of subject and path (as in SPARQL) leads to; one pass for all plain paths."""
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for subject, path in wanted:
            if not _PLAIN.match(path) and subject.startswith("<"):
                found[subject, path] = self._walk(subject, path)
        for line in self._lines if wanted else ():
            subject, _, rest = line.partition(" ")
            predicate = rest.partition(" ")[0]
            if (subject, predicate) in wanted:
                found[subject, predicate].add(_object(line))
        return {pair: [parse_term(text) for text in sorted(texts)] for pair, texts in found.items()}

    def _walk(self, subject: str, path: str) -> set[str]:
        rows = self._store.query(f"SELECT DISTINCT ?value {{ {subject} {path} ?value }}")
        return {str(row["value"]) for row in cast(ox.QuerySolutions, rows)}

    @cached_property
    def _store(self) -> ox.Store:
        store = ox.Store()
        store.bulk_load("\n".join([*self._lines, *self._context]).encode(), format=ox.RdfFormat.N_TRIPLES)
        return store


def _subjects(lines: Sequence[str]) -> set[str]:
    return {line.partition(" ")[0] for line in lines}


def _object(line: str) -> str:
    return line.split(" ", 2)[-1].rstrip().removesuffix(".").rstrip()


@dataclass(frozen=True)
class _Rule:
    """What is the same for every result of one constraint of one shape."""

    path: str
    expected: dict[str, str]
    messages: dict[str, str]
    shape: str


class Narrator:
    """Puts raw results in words by the shapes that they come from."""

    def __init__(self, shapes: ShapesGraph) -> None:
        self._shapes = shapes
        self._wording = Wording(shapes)
        self._rules: dict[tuple[str, str], _Rule] = {}

    def narrate(self, results: Iterable[Result], batch: Batch) -> list[Violation]:
        """The violations of `batch`, sorted and each once."""
        owned = [(owner, result) for result in results for owner in batch.owners(result.focus)]
        silent = {self._place(owner, result) for owner, result in owned if _terms(owner, result) is None}
        values = batch.values(silent)
        told = {}
        for owner, result in owned:
            terms = _terms(owner, result)
            found = values.get(self._place(owner, result), []) if terms is None else terms
            violation = self._violation(owner, result, self._wording.found(found))
            told[violation.key] = violation
        return [told[key] for key in sorted(told)]

    def _place(self, owner: Term, result: Result) -> tuple[str, str]:
        path = self._rule(result).path or result.path
        return str(owner), path if set(path) & {"<"} else f"<{path}>"

    def _rule(self, result: Result) -> _Rule:
        key = result.shape, result.component
        if key not in self._rules:
            shape = URIRef(result.shape)
            expected = self._wording.expected(shape, result.component)
            messages = self._wording.message(expected)
            messages.update(
                {m.language: str(m) for m in self._shapes.messages(shape) if m.language in messages}
            )
            self._rules[key] = _Rule(self._shapes.path(shape), expected, messages, self._shapes.named(shape))
        return self._rules[key]

    def _violation(self, owner: Term, result: Result, found: str) -> Violation:
        rule = self._rule(result)
        return Violation(
            focus=owner.value if isinstance(owner, ox.NamedNode) else "_:",
            path=rule.path or result.path,
            component=result.component,
            found=found,
            expected=rule.expected,
            messages=self._messages(result, rule.messages),
            shape=rule.shape,
            severity=result.severity,
            value=_text(result.value),
            withholds=rule.shape in self._shapes.withholding,
        )

    def _messages(self, result: Result, told: dict[str, str]) -> dict[str, str]:
        """The rule's messages; those of a SPARQL constraint depend on the result (SHACL section 5.3.2)."""
        if result.component != "SPARQLConstraintComponent":
            return told
        rules = self._shapes.values(URIRef(result.shape), "sparql")
        filled = [_filled(self._shapes.messages(rule), result.texts) for rule in rules]
        return {**told, **{language: text for texts in filled for language, text in texts.items()}}


def _terms(owner: Term, result: Result) -> list[Term] | None:
    """The offending values that the result itself names; None when they must be looked up in the data."""
    if owner != result.focus:
        return [result.focus]
    return None if result.value is None else [result.value]


def _text(value: Term | None) -> str:
    """`value` as N-Triples; engines rename blank nodes, so they all get one label."""
    if value is None:
        return ""
    return "_:b" if isinstance(value, ox.BlankNode) else str(value)


def _filled(templates: Sequence[Literal], texts: Sequence[str]) -> dict[str, str]:
    """Each text in the language of the template that it fills (SHACL section 5.3.2)."""
    filled = {}
    for template in templates:
        pattern = re.compile(_PLACEHOLDER.sub(".*", re.escape(str(template))), re.DOTALL)
        text = next((text for text in texts if pattern.fullmatch(text)), None)
        if text is not None and template.language:
            filled[template.language] = text
    return filled
