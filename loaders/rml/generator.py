"""From triples maps over one source to the Python that maps a record.

Each distinct expression becomes one step, so that a subject, a key or a look-up that several rules share is
computed once a record. An empty value is null: what needs it is not made (CSVW, null).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from kamara.loaders.errors import MappingError, RecordError
from kamara.loaders.formats.values import natural
from kamara.loaders.rml import runtime
from kamara.loaders.rml.fragments import Fragment, Step, join
from kamara.loaders.rml.functions import FunctionRegistry
from kamara.loaders.rml.model import (
    Constant,
    Expression,
    Fresh,
    FunctionCall,
    Reference,
    Template,
    TermMap,
    TermType,
    TriplesMap,
)
from kamara.loaders.rml.runtime import Labels
from kamara.loaders.rml.vocabulary import RDF_TYPE
from kamara.sparql.terms import XSD, escape, iri_safe, key_part

_UNSAFE = (TermType.UNSAFE_IRI, TermType.UNSAFE_URI)
_XSD_STRING = XSD + "string"
_Encode = Callable[[Reference], Fragment]

# From here on an encoded value cannot make an IRI invalid; before, as a host or port, it can.
_BEFORE_PATH = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?://[^/?#]*[/?#]|(?!/))")

_IRI_SAFE = "{0} if {0}.isalnum() and {0}.isascii() else {1}({0})"
_LITERAL_SAFE = """{0} if {0}.isprintable() and '"' not in {0} and "\\\\" not in {0} else escape({0})"""


class Generator:
    """The steps and lines of the triples maps of one source."""

    def __init__(self, functions: FunctionRegistry, labels: Labels, *, typed: bool) -> None:
        self.functions = functions
        self.typed = typed
        self.columns: dict[str, str] = {}
        self.steps: dict[str, Step] = {}
        self.subjects: list[str] = []
        self.rules: list[tuple[Fragment, list[Fragment]]] = []
        self.namespace: dict[str, Any] = {
            "absolute_iri": runtime.absolute_iri,
            "absolute_uri": runtime.absolute_uri,
            "escape": escape,
            "fresh_label": labels.next,
            "iri_safe": iri_safe,
            "key_safe": key_part,
            "label": runtime.label,
            "language_tag": runtime.language_tag,
            "natural": natural,
            "unsafe_iri": runtime.unsafe_iri,
            "uri_safe": runtime.uri_safe,
        }

    def add(self, rule: TriplesMap) -> None:
        """Add the lines of a triples map. Raises MappingError when a function or constant does not fit."""
        try:
            self._add(rule)
        except MappingError as error:
            raise MappingError(error.what, where=error.where or rule.place, remedy=error.remedy) from error

    def _add(self, rule: TriplesMap) -> None:
        subject = self.term(rule.subject)
        self.subjects.extend(subject.variables)
        type_map = TermMap(Constant(RDF_TYPE), TermType.IRI, "")
        triples = [(type_map, class_map, rule.graphs) for class_map in rule.classes]
        for pair in rule.predicate_objects:
            graphs = tuple(dict.fromkeys(rule.graphs + pair.graphs))
            objects = [value for value in pair.objects if isinstance(value, TermMap)]
            triples += [(predicate, value, graphs) for predicate in pair.predicates for value in objects]
        lines = [
            join([subject, " ", self._term(predicate), " ", self._term(value), *self._graph(graph), " .\n"])
            for predicate, value, graphs in triples
            for graph in graphs or (None,)
        ]
        if lines:
            self.rules.append((subject, list(dict.fromkeys(lines))))

    def _graph(self, graph: TermMap | None) -> list[Fragment | str]:
        return [] if graph is None else [" ", self._term(graph)]

    # Terms

    def term(self, term_map: TermMap) -> Fragment:
        """The N-Triples text of a term, in one variable, None where there is none."""
        return self._held(self._term(term_map))

    def column(self, reference: Reference) -> str:
        """The variable of a reference, which the record must have."""
        return self.columns.setdefault(reference.name, f"c{len(self.columns)}")

    def _term(self, term_map: TermMap) -> Fragment:
        """The N-Triples text of a term."""
        if term_map.term_type is TermType.LITERAL:
            return self._literal(term_map)
        if isinstance(term_map.expression, Fresh):
            return join(["_:", self._text(term_map.expression, self._plain)])
        if term_map.term_type is TermType.BLANK_NODE:
            text = self._held(self._text(term_map.expression, self._plain))
            return join(["_:", self._step("label", text)])
        return join(["<", self._iri(term_map), ">"])

    def _literal(self, term_map: TermMap) -> Fragment:
        expression, datatype = term_map.expression, term_map.datatype
        if self.typed and isinstance(expression, Reference) and not (datatype or term_map.language):
            return self._derived(expression, "natural({0}) if {0} else None")
        text = self._literal_text(expression)
        if datatype is not None and datatype.expression == Constant(_XSD_STRING):
            return join(['"', text, '"'])
        if term_map.language is not None:
            return join(['"', text, '"@', self._language(term_map.language)])
        if datatype is not None:
            return join(['"', text, '"^^<', self._iri(datatype), ">"])
        return join(['"', text, '"'])

    def _literal_text(self, expression: Expression) -> Fragment:
        if isinstance(expression, Constant):
            return Fragment.of(escape(expression.text))
        if isinstance(expression, Template):
            constant_escaped = (escape(part) if isinstance(part, str) else part for part in expression.parts)
            return self._text(Template(tuple(constant_escaped)), self._escaped)
        if isinstance(expression, FunctionCall):
            (variable,) = self._call(expression).variables
            held = self._save(f"({_LITERAL_SAFE.format(variable)}) if {variable} else None", (variable,))
            return Fragment.variable(held)
        return self._text(expression, self._escaped)

    def _language(self, expression: Expression) -> Fragment:
        if isinstance(expression, Constant):
            return Fragment.of(expression.text)
        return self._step("language_tag", self._held(self._text(expression, self._plain)))

    def _iri(self, term_map: TermMap) -> Fragment:
        expression, base_iri = term_map.expression, term_map.base_iri
        if term_map.term_type in _UNSAFE:
            text = self._held(self._text(expression, self._plain))
            return self._step("unsafe_iri", text, base_iri)
        if isinstance(expression, Template):
            text = self._text(expression, self._encoder(expression, term_map.term_type))
            return self._checked(expression, text, base_iri)
        if isinstance(expression, Constant):
            return Fragment.of(_constant_iri(expression.text, base_iri))
        check = "absolute_uri" if term_map.term_type is TermType.URI else "absolute_iri"
        text = self._held(self._text(expression, self._plain))
        return self._step(check, text, base_iri)

    def _checked(self, template: Template, text: Fragment, base_iri: str) -> Fragment:
        """An IRI from a template: values are encoded, so mostly the template alone decides if it is one."""
        sample = "".join(part if isinstance(part, str) else "1" for part in template.parts)
        if isinstance(template.parts[0], str) and _BEFORE_PATH.match(template.parts[0]):
            _constant_iri(sample, base_iri)
            return text
        if ":" not in sample:
            _constant_iri(base_iri + sample, "")
            return join([base_iri, text])
        return self._step("absolute_iri", self._held(text), base_iri)

    def _encoder(self, template: Template, term_type: TermType) -> _Encode:
        # RML leaves `~` as it is; where it joins the parts of a key, two keys would become one address.
        joins_parts = any(isinstance(part, str) and "~" in part for part in template.parts)
        safe = "uri_safe" if term_type is TermType.URI else "key_safe" if joins_parts else "iri_safe"
        return lambda reference: self._derived(reference, _IRI_SAFE.format("{0}", safe))

    # Texts

    def _text(self, expression: Expression, encode: _Encode) -> Fragment:
        """The text of an expression; `encode` makes that of a reference."""
        if isinstance(expression, Constant):
            return Fragment.of(expression.text)
        if isinstance(expression, Reference):
            return encode(expression)
        if isinstance(expression, Template):
            return join(part if isinstance(part, str) else encode(part) for part in expression.parts)
        if isinstance(expression, Fresh):
            # The name keeps apart what two term maps make of one record.
            return Fragment.variable(self._save(f"fresh_label()  # {expression.name}", ()))
        return self._call(expression)

    def _plain(self, reference: Reference) -> Fragment:
        return Fragment.variable(self.column(reference))

    def _escaped(self, reference: Reference) -> Fragment:
        return self._derived(reference, _LITERAL_SAFE)

    def _derived(self, reference: Reference, expression: str) -> Fragment:
        column = self.column(reference)
        return Fragment.variable(self._save(expression.format(column), (column,)), column)

    def _call(self, call: FunctionCall) -> Fragment:
        given = dict(call.inputs)
        if len(given) != len(call.inputs):
            raise MappingError(f"an input of <{call.function}> twice", remedy="keep one")
        constants = {
            parameter: term_map.expression.text if isinstance(term_map.expression, Constant) else None
            for parameter, term_map in given.items()
        }
        function, order = self.functions.bind(call.function, constants)
        inputs = [self._input(given[parameter]) for parameter in order]
        name = f"call_{function.name}"
        self.namespace[name] = function.call
        everything = join(inputs)
        condition = " and ".join(everything.conditions) or "True"
        arguments = ", ".join(text.source for text in inputs)
        held = self._save(
            f"{name}({arguments}) if {condition} else None", everything.variables + everything.conditions
        )
        return Fragment.variable(held)

    def _input(self, term_map: TermMap) -> Fragment:
        if term_map.term_type is TermType.LITERAL or isinstance(term_map.expression, Constant):
            return self._text(term_map.expression, self._plain)
        return self._iri(term_map)

    # Steps

    def _held(self, fragment: Fragment) -> Fragment:
        """The fragment in a variable of its own, None where it does not stand."""
        if fragment.is_variable:
            return fragment
        return Fragment.variable(self._save(fragment.guarded, fragment.variables + fragment.conditions))

    def _step(self, function: str, argument: Fragment, *constants: str) -> Fragment:
        """The result of a runtime function of a held fragment and constants."""
        (variable,) = argument.variables
        arguments = ", ".join([variable, *map(repr, constants)])
        return Fragment.variable(self._save(f"{function}({arguments}) if {variable} else None", (variable,)))

    def _save(self, expression: str, needs: tuple[str, ...]) -> str:
        """The variable that has the value of `expression`."""
        if expression not in self.steps:
            needs = tuple(dict.fromkeys(needs))
            self.steps[expression] = Step(f"v{len(self.steps)}", expression, needs, self._origins(needs))
        return self.steps[expression].variable

    def _origins(self, needs: tuple[str, ...]) -> tuple[str, ...]:
        origins: dict[str, tuple[str, ...]] = {variable: (name,) for name, variable in self.columns.items()}
        origins.update((step.variable, step.columns) for step in self.steps.values())
        return tuple(dict.fromkeys(name for variable in needs for name in origins[variable]))


def _constant_iri(text: str, base_iri: str) -> str:
    try:
        return runtime.absolute_iri(text, base_iri)
    except RecordError as error:
        raise MappingError(f"{text} is not an IRI", remedy="correct the constant or template") from error
