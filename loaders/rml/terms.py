"""Term maps: how one term of a triple is made from a record."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyoxigraph as ox

from kamara.loaders.rml.graph import Node
from kamara.loaders.rml.model import Constant, Expression, Fresh, FunctionCall, Reference, TermMap, TermType
from kamara.loaders.rml.templates import read_template
from kamara.loaders.rml.vocabulary import EXECUTION, EXPRESSION, INPUT, TERM_MAP, name

_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
_FNO_EXECUTES = "fno:executes"

# BCP 47 (RFC 5646 section 2.1) without the reserved and the never used long primary tags: `english` is no
# language.
_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}|[xX])(?:-[A-Za-z0-9]{1,8})*\Z")


def is_language(tag: str) -> bool:
    """Whether `tag` is a well-formed language tag, such as `el` or `en-GB`."""
    return _LANGUAGE.match(tag) is not None


def read_term_map(node: Node, base_iri: str, default: TermType) -> TermMap:
    """The term map at `node`; its term type is `default` when neither it nor its expression says another.

    Raises MappingError when it is not one that Kamara can make terms with.
    """
    if node.value("constant") is not None:
        return _read_constant_map(node, base_iri)
    said = node.value("termType")
    if said is not None and name(said.text) == "BlankNode" and not node.values(*EXPRESSION):
        return TermMap(Fresh(node.text), TermType.BLANK_NODE, base_iri)
    expression = read_expression(node, base_iri)
    language, datatype = _language(node, base_iri), _datatype(node, base_iri)
    if language is not None and datatype is not None:
        node.fail("both a language and a datatype", "keep one")
    term_type = default if said is None else _term_type(said)
    if said is None and (language or datatype):
        term_type = TermType.LITERAL
    if term_type is not TermType.LITERAL and (language or datatype):
        node.fail("a language or datatype on a term that is not a literal", "remove it, or use rml:Literal")
    return TermMap(expression, term_type, base_iri, language, datatype)


def _read_constant_map(node: Node, base_iri: str) -> TermMap:
    term_map, said = read_constant(node.required("constant"), base_iri), node.value("termType")
    if said is not None and (_term_type(said) is TermType.LITERAL) != (
        term_map.term_type is TermType.LITERAL
    ):
        node.fail(
            f"a constant that is no {name(said.text)}", "remove the term type, or write such a constant"
        )
    return term_map


def read_object_map(node: Node, base_iri: str) -> TermMap:
    """The object map at `node`: references and functions make literals, templates make IRIs (RML-FNML)."""
    by_reference = node.values("reference", "functionExecution", "functionValue")
    return read_term_map(node, base_iri, TermType.LITERAL if by_reference else TermType.IRI)


def read_constant(node: Node, base_iri: str) -> TermMap:
    """The term map that always gives the term at `node`."""
    text = Constant(node.text)
    if isinstance(node.term, ox.NamedNode):
        return TermMap(text, TermType.IRI, base_iri)
    if isinstance(node.term, ox.BlankNode):
        node.fail("a constant that is a blank node", "give it an IRI")
    language, datatype = node.term.language, node.term.datatype.value
    if language is not None:
        return TermMap(text, TermType.LITERAL, base_iri, language=Constant(language))
    if datatype == _XSD_STRING:
        return TermMap(text, TermType.LITERAL, base_iri)
    datatype_map = TermMap(Constant(datatype), TermType.IRI, base_iri)
    return TermMap(text, TermType.LITERAL, base_iri, datatype=datatype_map)


def read_expression(node: Node, base_iri: str) -> Expression:
    """The expression of an expression map. Raises MappingError unless it has exactly one."""
    found = [key for key in sorted(EXPRESSION - {"return"}) if node.values(key)]
    if len(found) != 1:
        said = " and ".join(found) or "nothing to make a term from"
        node.fail(said, "give one of a reference, a template, a constant or a function")
    value = node.required(found[0])
    read = _READERS.get(found[0])
    return read(value, base_iri) if read else _text_expression(found[0], value)


def _text_expression(kind: str, value: Node) -> Expression:
    if kind == "constant":
        return Constant(value.text)
    if not value.is_literal or not value.text:
        value.fail(f"a {kind} that is not text", "write it in quotes")
    if kind == "reference":
        return Reference(value.text)
    try:
        return read_template(value.text)
    except ValueError as error:
        value.fail(f"template {value.text}: {error}", "write a brace that is text with a backslash before it")


def _term_type(node: Node) -> TermType:
    try:
        return TermType(name(node.text))
    except ValueError:
        node.fail(
            f"term type {name(node.text)} is not known",
            "use IRI, URI, UnsafeIRI, UnsafeURI, Literal or BlankNode",
        )


def _language(node: Node, base_iri: str) -> Expression | None:
    short, long = node.value("language"), node.value("languageMap")
    if short is not None and long is not None:
        node.fail("both language and languageMap", "keep one")
    language = Constant(short.text) if short else read_expression(long, base_iri) if long else None
    if isinstance(language, Constant) and not is_language(language.text):
        node.fail(f"language tag {language.text} is not valid", "use one such as el or en")
    return language


def _datatype(node: Node, base_iri: str) -> TermMap | None:
    short, long = node.value("datatype"), node.value("datatypeMap")
    if short is not None and long is not None:
        node.fail("both datatype and datatypeMap", "keep one")
    if short is not None and not isinstance(short.term, ox.NamedNode):
        node.fail(f"datatype {short.text} is not an IRI", "name one such as xsd:decimal")
    if short is not None:
        return TermMap(Constant(short.text), TermType.IRI, base_iri)
    if long is None:
        return None
    long.allow(TERM_MAP)
    return read_term_map(long, base_iri, TermType.IRI)


def _read_execution(node: Node, base_iri: str) -> FunctionCall:
    """A function execution of RML-FNML."""
    node.allow(EXECUTION)
    inputs = []
    for given in node.values("input"):
        given.allow(INPUT)
        short = given.value("inputValue")
        value = (
            read_constant(short, base_iri)
            if short
            else _read_input(given.required("inputValueMap"), base_iri)
        )
        inputs.append((_constant_iri(given, "parameter", "parameterMap"), value))
    return FunctionCall(_constant_iri(node, "function", "functionMap"), tuple(inputs))


def _read_input(node: Node, base_iri: str) -> TermMap:
    # A function takes text: unlike in a subject map, a template here is not an IRI unless it says so.
    node.allow(TERM_MAP)
    return read_term_map(node, base_iri, TermType.LITERAL)


def _constant_iri(node: Node, short: str, long: str) -> str:
    value = node.required(short, long)
    return value.text if node.value(short) else value.required("constant").text


def _read_function_value(node: Node, base_iri: str) -> FunctionCall:
    """A function value of the older FNML: predicate-object maps, one of which says fno:executes."""
    function, inputs = "", []
    for rule in node.values("predicateObjectMap"):
        parameter = _constant_iri(rule, "predicate", "predicateMap")
        short = rule.value("object")
        value = read_constant(short, base_iri) if short else _read_input(rule.required("objectMap"), base_iri)
        if name(parameter) == _FNO_EXECUTES and isinstance(value.expression, Constant):
            function = value.expression.text
        else:
            inputs.append((parameter, value))
    if not function:
        node.fail("a function value without fno:executes", "say which function it executes")
    return FunctionCall(function, tuple(inputs))


_READERS: dict[str, Callable[[Node, str], Expression]] = {
    "functionExecution": _read_execution,
    "functionValue": _read_function_value,
}
