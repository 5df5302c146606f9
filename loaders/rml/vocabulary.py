"""The names of RML, whatever vocabulary a mapping is written in.

RML-Core and RML-FNML (http://w3id.org/rml/), the older RML of http://semweb.mmlab.be and the R2RML that it
builds on share their local names, so a mapping is read by those.
"""

from __future__ import annotations

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

_MODERN = "http://w3id.org/rml/"
_PREFIXES = {
    _MODERN: "",
    "http://semweb.mmlab.be/ns/rml#": "",
    "http://semweb.mmlab.be/ns/ql#": "",
    "http://semweb.mmlab.be/ns/fnml#": "",
    "http://www.w3.org/ns/r2rml#": "",
    "http://www.w3.org/ns/csvw#": "csvw:",
    "https://w3id.org/function/ontology#": "fno:",
}


def name(iri: str) -> str:
    """The name of an RML, CSVW or FnO term (`template`, `csvw:delimiter`); any other IRI is its own name."""
    for namespace, prefix in _PREFIXES.items():
        if iri.startswith(namespace):
            return prefix + iri[len(namespace) :]
    return iri


def is_modern(iri: str) -> bool:
    """Whether an IRI is of RML-Core and its modules, not of the vocabularies before them."""
    return iri.startswith(_MODERN)


def is_term(text: str) -> bool:
    """Whether `text`, as `name` gave it, is a term of the vocabularies above."""
    return "/" not in text


# What each kind of node may say; anything else in these vocabularies is a mistake or not supported.
EXPRESSION = frozenset({"constant", "reference", "template", "functionExecution", "functionValue", "return"})
TERM_MAP = EXPRESSION | {"termType", "language", "languageMap", "datatype", "datatypeMap"}
SUBJECT_MAP = TERM_MAP | {"class", "graph", "graphMap"}
GATHER = frozenset({"gather", "gatherAs", "strategy", "allowEmptyListAndContainer"})
OBJECT_MAP = TERM_MAP | GATHER | {"parentTriplesMap", "joinCondition"}
JOIN_CONDITION = frozenset({"child", "childMap", "parent", "parentMap"})
PREDICATE_OBJECT_MAP = frozenset(
    {"predicate", "predicateMap", "object", "objectMap", "graph", "graphMap"},
)
TRIPLES_MAP = frozenset({"logicalSource", "subject", "subjectMap", "predicateObjectMap", "baseIRI"})
LOGICAL_SOURCE = frozenset({"source", "referenceFormulation", "iterator"})
LOGICAL_VIEW = frozenset({"viewOn", "field"})
FIELD = frozenset({"fieldName", "reference"})
ITERABLE_FIELD = frozenset({"fieldName", "iterator", "field"})
FORMULATION = frozenset({"namespace"})
NAMESPACE = frozenset({"namespacePrefix", "namespaceURL"})
SOURCE = frozenset({"path", "root", "encoding", "csvw:url", "csvw:dialect", "csvw:tableSchema"})
SCHEMA = frozenset({"csvw:column"})
COLUMN = frozenset({"csvw:name", "csvw:separator"})
DIALECT = frozenset(
    {
        "csvw:delimiter",
        "csvw:encoding",
        "csvw:quoteChar",
        "csvw:header",
        "csvw:skipRows",
        "csvw:skipBlankRows",
    }
)
EXECUTION = frozenset({"function", "functionMap", "input"})
INPUT = frozenset({"parameter", "parameterMap", "inputValue", "inputValueMap"})
