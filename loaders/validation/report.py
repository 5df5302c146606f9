"""A validation report that a person can act on: text in Greek or English, JSON, Turtle."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import cast

import pyoxigraph as ox
from rdflib import RDF, SH

from kamara.loaders.validation.graphs import parse_term
from kamara.loaders.validation.violations import Language, Violation, to_json
from kamara.loaders.validation.wording import phrases


@dataclass(frozen=True)
class Report:
    """What came of validating `file` against `shapes`; `checked` counts the nodes that a shape targets."""

    file: str
    shapes: str
    checked: int
    violations: tuple[Violation, ...]

    @property
    def conforms(self) -> bool:
        """Whether nothing would be kept out; warnings do not count."""
        return not any(violation.blocks for violation in self.violations)


def describe(violation: Violation, language: Language) -> str:
    """`violation` in one line: which record, which rule, what was found, what was expected."""
    texts = phrases()["report"]
    return str(
        texts["line"][language].format(
            focus=violation.focus,
            message=violation.messages[language],
            path=violation.path or "-",
            found=violation.found or texts["nothing"][language],
            expected=violation.expected[language],
        )
    )


def to_text(report: Report, language: Language) -> str:
    """`report` for a terminal: one block a record, then one line that sums up."""
    return "\n".join([*_records(report.violations, language), summary(report, language)])


def _records(violations: Sequence[Violation], language: Language) -> Iterator[str]:
    texts = phrases()
    rule, path, found, expected = texts["report"]["headings"][language]
    for focus, group in groupby(violations, key=lambda violation: violation.focus):
        yield focus
        for each in group:
            yield f"  {texts['severities'][each.severity][language]}: {each.messages[language]}"
            yield f"    {rule}: {each.component} ({each.shape})"
            yield f"    {path}: {each.path or '-'}"
            yield f"    {found}: {each.found or texts['report']['nothing'][language]}"
            yield f"    {expected}: {each.expected[language]}"


def summary(report: Report, language: Language) -> str:
    """`report` in one line."""
    texts = phrases()["report"]
    counts = Counter(violation.severity for violation in report.violations)
    kind = "summary" if report.violations else "conforms"
    return str(
        texts[kind][language].format(
            file=report.file,
            shapes=report.shapes,
            nodes=report.checked,
            violations=counts["Violation"],
            warnings=counts["Warning"] + counts["Info"],
        )
    )


def to_document(report: Report) -> str:
    """`report` as JSON text, indented, in both languages."""
    content = {
        "file": report.file,
        "shapes": report.shapes,
        "conforms": report.conforms,
        "checked": report.checked,
        "violations": [to_json(violation) for violation in report.violations],
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def to_turtle(report: Report) -> str:
    """`report` as Turtle (SHACL section 3.6); a path of more than one step is left out."""
    prefixes = {"sh": str(SH), "xsd": "http://www.w3.org/2001/XMLSchema#"}
    text = ox.serialize(_triples(report), format=ox.RdfFormat.TURTLE, prefixes=prefixes)
    return cast(bytes, text).decode()


def _triples(report: Report) -> Iterator[ox.Triple]:
    node = ox.BlankNode()
    yield ox.Triple(node, _TYPE, _sh("ValidationReport"))
    yield ox.Triple(node, _sh("conforms"), ox.Literal(not report.violations))
    results = [ox.BlankNode() for _ in report.violations]
    yield from (ox.Triple(node, _sh("result"), result) for result in results)
    for result, violation in zip(results, report.violations, strict=True):
        yield from _result(result, violation)


def _result(node: ox.BlankNode, violation: Violation) -> Iterator[ox.Triple]:
    yield ox.Triple(node, _TYPE, _sh("ValidationResult"))
    blank = violation.focus == "_:"
    yield ox.Triple(node, _sh("focusNode"), ox.BlankNode() if blank else ox.NamedNode(violation.focus))
    yield ox.Triple(node, _sh("sourceConstraintComponent"), _sh(violation.component))
    yield ox.Triple(node, _sh("resultSeverity"), _sh(violation.severity))
    if violation.shape:
        yield ox.Triple(node, _sh("sourceShape"), ox.NamedNode(violation.shape))
    if violation.path and not set(violation.path) & set("<^(|*+?"):
        yield ox.Triple(node, _sh("resultPath"), ox.NamedNode(violation.path))
    if violation.value:
        yield ox.Triple(node, _sh("value"), parse_term(violation.value))
    for language, text in violation.messages.items():
        yield ox.Triple(node, _sh("resultMessage"), ox.Literal(text, language=language))


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{SH}{name}")


_TYPE = ox.NamedNode(str(RDF.type))
