"""What a SHACL engine found, in words for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, cast

Severity = Literal["Violation", "Warning", "Info"]
Language = Literal["el", "en"]


@dataclass(frozen=True)
class Violation:
    """One result of a validation (SHACL section 3.6.2).

    `focus` is the IRI of the node at fault, without angle brackets (`_:` for a blank node). `path` is an IRI,
    or a SPARQL property path when it is more than one step, or empty. `component` is the local name of the
    constraint component, such as `MinCountConstraintComponent`. `found` is what stands there, empty when
    nothing does; `expected` and `messages` are texts by language (`el` and `en`, always both). `shape` is the
    nearest shape with an IRI. `value` is the offending term as N-Triples text, when the engine names one.
    `withholds`: the shape says `kam:withholds true`, so nothing of the record's things may stay public.
    """

    focus: str
    path: str
    component: str
    found: str
    expected: Mapping[str, str]
    messages: Mapping[str, str]
    shape: str
    severity: Severity = "Violation"
    value: str = ""
    withholds: bool = False

    @property
    def blocks(self) -> bool:
        """Whether the record stays out: only sh:Violation does; warnings and notes are reported."""
        return self.severity == "Violation"

    @property
    def key(self) -> tuple[str, ...]:
        """What makes this result different from another, for sorting and for comparing engines."""
        return self.focus, self.path, self.component, self.found, self.shape, self.severity


def to_json(violation: Violation) -> dict[str, object]:
    """`violation` as a JSON object; `from_json` reads it back."""
    return {**asdict(violation), "expected": dict(violation.expected), "messages": dict(violation.messages)}


def from_json(value: Mapping[str, object]) -> Violation:
    """The Violation that `to_json` wrote."""
    return Violation(
        focus=str(value["focus"]),
        path=str(value["path"]),
        component=str(value["component"]),
        found=str(value["found"]),
        expected=dict(cast(Mapping[str, str], value["expected"])),
        messages=dict(cast(Mapping[str, str], value["messages"])),
        shape=str(value["shape"]),
        severity=cast(Severity, value["severity"]),
        value=str(value["value"]),
        withholds=bool(value.get("withholds", False)),
    )
