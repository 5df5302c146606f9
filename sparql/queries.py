"""The library of saved queries: `sparql/queries/NAME.rq`, each a question with typed parameters.

A file begins with comment lines (docs/architecture.md, "A saved query"):

    # @question en On how many days of a year was a pollutant over a limit?
    # @question el Σε πόσες ημέρες ενός έτους ξεπέρασε ένας ρύπος ένα όριο;
    # @param pollutant xsd:string pm10 Pollutant, by its notation / Ρύπος, με τον κωδικό του
    # @optional year xsd:integer Year (empty: every year) / Έτος (κενό: κάθε έτος)

The variable of a `@param` always has a value; that of an `@optional` that is left out is unbound.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kamara.resources import DEFAULT_BASE, read_text
from kamara.sparql.errors import ParameterError, QueryError
from kamara.sparql.terms import XSD, is_iri, literal

_HEADER = re.compile(r"#\s*@(\w+)\s*(.*)")
_QUESTION = re.compile(r"(en|el)\s+(\S.*)")
_LABELS = r"(?P<en>\S.*?)\s+/\s+(?P<el>\S.*)"
_PARAMETERS = {
    "param": re.compile(rf"(?P<name>\w+)\s+(?P<type>\S+)\s+(?P<default>\S+)\s+{_LABELS}"),
    "optional": re.compile(rf"(?P<name>\w+)\s+(?P<type>\S+)\s+{_LABELS}"),
}
_LANGUAGES = frozenset({"en", "el"})


def _date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _pattern(expression: str) -> Callable[[str], bool]:
    compiled = re.compile(expression)
    return lambda value: compiled.fullmatch(value) is not None


# Datatype -> what a value must be, and how a person is told.
_TYPES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "xsd:date": (_date, "a day such as 2016-04-08"),
    "xsd:integer": (_pattern(r"[+-]?[0-9]{1,18}"), "a whole number such as 12"),
    "xsd:decimal": (
        _pattern(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?"),
        "a number such as 1234.56",
    ),
    "xsd:string": (lambda value: len(value) <= 1000, "a text of at most 1000 characters"),
    "xsd:gYear": (_pattern(r"[0-9]{4}"), "a year such as 2016"),
    "iri": (is_iri, "an absolute IRI"),
}


@dataclass(frozen=True)
class Parameter:
    """A variable that the asker sets: its datatype (`xsd:...` or `iri`), default, and label.

    Without a default it may be left out.
    """

    name: str
    datatype: str
    default: str | None
    label: Mapping[str, str]

    def term(self, value: str) -> str:
        """The value as an N-Triples term. Raises ParameterError when it is not of the datatype."""
        fits, expected = _TYPES[self.datatype]
        if not fits(value):
            raise ParameterError(
                f"`{value[:80]}` is not {expected}",
                where=f"parameter {self.name}",
                remedy="correct the value",
            )
        if self.datatype == "iri":
            return f"<{value}>"
        return literal(value, datatype=XSD + self.datatype.removeprefix("xsd:"))


@dataclass(frozen=True)
class SavedQuery:
    """A query of the library: its question in `en` and `el`, its parameters by name, its text."""

    name: str
    text: str
    question: Mapping[str, str]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)

    def bind(self, values: Mapping[str, str]) -> dict[str, str]:
        """The parameters' terms in N-Triples, for `QueryRequest.bindings`; defaults where no value is given.

        Raises ParameterError when a value is of the wrong type, or no parameter has that name.
        """
        for name in values:
            if name not in self.parameters:
                known = ", ".join(self.parameters) or "it has none"
                raise ParameterError(
                    f"there is no parameter `{name[:40]}`", where=self.name, remedy=f"its parameters: {known}"
                )
        chosen = {name: values.get(name, one.default) for name, one in self.parameters.items()}
        return {
            name: self.parameters[name].term(value) for name, value in chosen.items() if value is not None
        }


def read_queries(folder: Path, base_iri: str = DEFAULT_BASE) -> dict[str, SavedQuery]:
    """Every saved query of a folder by name. Raises QueryError when a header is wrong."""
    return {path.stem: read_query(path, base_iri) for path in sorted(folder.glob("*.rq"))}


def read_query(path: Path, base_iri: str = DEFAULT_BASE) -> SavedQuery:
    """One saved query, its addresses moved to `base_iri`. Raises QueryError when its header is wrong."""
    text = read_text(path, base_iri)
    question: dict[str, str] = {}
    parameters: dict[str, Parameter] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.fullmatch(line.strip())
        if header is None:
            continue
        if header[1] == "question" and (found := _QUESTION.fullmatch(header[2])):
            question[found[1]] = found[2]
        elif header[1] in _PARAMETERS and (found := _PARAMETERS[header[1]].fullmatch(header[2])):
            parameters[found["name"]] = _parameter(found.groupdict(), f"{path}:{number}")
        else:
            raise _malformed(f"{path}:{number}", f"`{line.strip()[:80]}` is not understood")
    if set(question) != _LANGUAGES:
        raise _malformed(str(path), "needs its question in en and in el")
    return SavedQuery(path.stem, text, question, parameters)


def _parameter(found: Mapping[str, str], where: str) -> Parameter:
    datatype, default = found["type"], found.get("default")
    if datatype not in _TYPES:
        raise _malformed(where, f"the datatype {datatype} is none of {', '.join(_TYPES)}")
    parameter = Parameter(found["name"], datatype, default, {"en": found["en"], "el": found["el"]})
    try:
        if default is not None:
            parameter.term(default)
    except ParameterError as error:
        raise _malformed(where, f"the default {error.what}") from error
    return parameter


def _malformed(where: str, what: str) -> QueryError:
    return QueryError(what, where=where, remedy='see "A saved query" in docs/architecture.md')
