"""Saved queries in the service description, as SIB's sparql-examples have them: executables of SHACL.

Parameters are those of SHACL (section 6.2.1 of SHACL-SPARQL): the local name of `sh:path` is the variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyoxigraph import Literal, NamedNode, Triple

from kamara.api.description.terms import PREFIXES, a, named, term
from kamara.sparql.formats import Form
from kamara.sparql.queries import Parameter, SavedQuery

_KINDS: Mapping[Form, tuple[tuple[str, ...], str]] = {
    "SELECT": (("sh:SPARQLExecutable", "sh:SPARQLSelectExecutable"), "sh:select"),
    "ASK": (("sh:SPARQLExecutable", "sh:SPARQLAskExecutable"), "sh:ask"),
    "CONSTRUCT": (("sh:SPARQLExecutable", "sh:SPARQLConstructExecutable"), "sh:construct"),
    "DESCRIBE": (("sh:SPARQLExecutable",), "spex:describe"),
}


def told(saved: SavedQuery, form: Form, place: str, service: NamedNode) -> Iterator[Triple]:
    """One saved query that is asked at the address `place`."""
    query = NamedNode(place)
    classes, text = _KINDS[form]
    yield from a(query, *classes)
    yield from named(query, "rdfs:comment", saved.question)
    yield Triple(query, term("schema:target"), service)
    yield Triple(query, term(text), Literal(saved.text))
    for parameter in saved.parameters.values():
        node = NamedNode(f"{place}#parameter-{parameter.name}")
        yield Triple(query, term("sh:parameter"), node)
        yield Triple(node, term("sh:path"), NamedNode(f"{place}#{parameter.name}"))
        yield from _parameter(parameter, node)


def _parameter(parameter: Parameter, node: NamedNode) -> Iterator[Triple]:
    yield from a(node, "sh:Parameter")
    yield from named(node, "sh:name", parameter.label)
    if parameter.datatype == "iri":
        yield Triple(node, term("sh:nodeKind"), term("sh:IRI"))
    else:
        yield Triple(node, term("sh:datatype"), term(parameter.datatype))
    if parameter.default is not None:
        yield Triple(node, term("sh:defaultValue"), _value(parameter.datatype, parameter.default))
    # Left out, it has its default, or no value.
    yield Triple(node, term("sh:optional"), Literal(value=True))


def _value(datatype: str, value: str) -> NamedNode | Literal:
    if datatype == "iri":
        return NamedNode(value)
    return Literal(value, datatype=NamedNode(PREFIXES["xsd"] + datatype.removeprefix("xsd:")))
