"""The terms of RML that Kamara's compiler understands: a mapping may use these and no others."""

from __future__ import annotations

from kamara.loaders.rml import vocabulary

_NAMESPACES = (
    "http://w3id.org/rml/",
    "http://semweb.mmlab.be/ns/rml#",
    "http://semweb.mmlab.be/ns/ql#",
    "http://semweb.mmlab.be/ns/fnml#",
    "http://www.w3.org/ns/r2rml#",
)
_PROPERTIES = (
    *(vocabulary.TRIPLES_MAP, vocabulary.LOGICAL_SOURCE, vocabulary.SOURCE, vocabulary.SUBJECT_MAP),
    *(vocabulary.OBJECT_MAP, vocabulary.PREDICATE_OBJECT_MAP, vocabulary.EXECUTION, vocabulary.INPUT),
    *(vocabulary.JOIN_CONDITION, vocabulary.FORMULATION, vocabulary.NAMESPACE),
    *(vocabulary.LOGICAL_VIEW, vocabulary.FIELD, vocabulary.ITERABLE_FIELD),
)
# Classes say nothing to the compiler but are good style; the rest are values.
_NODES = (
    *(
        "TriplesMap",
        "LogicalSource",
        "Source",
        "RelativePathSource",
        "SubjectMap",
        "PredicateMap",
        "ObjectMap",
    ),
    *(
        "PredicateObjectMap",
        "GraphMap",
        "TermMap",
        "LanguageMap",
        "DatatypeMap",
        "FunctionExecution",
        "Input",
    ),
    *("LogicalView", "ExpressionField", "IterableField"),
    *("RefObjectMap", "JoinCondition", "ParentMap", "ChildMap", "GatherMap", "Strategy", "Namespace"),
    *(
        "XPathReferenceFormulation",
        "ReferenceFormulation",
        "append",
        "cartesianProduct",
        "Encoding",
        "UTF-8",
        "UTF-16",
    ),
    *("JSONPath", "XPath", "UnsafeIRI", "UnsafeURI", "UTF-8", "UTF-16"),
    *(
        "CSV",
        "IRI",
        "URI",
        "Literal",
        "BlankNode",
        "defaultGraph",
        "MappingDirectory",
        "CurrentWorkingDirectory",
    ),
)


def rml_terms() -> set[str]:
    """The IRIs of those terms, in the new vocabulary and in the older ones that share their names."""
    names = {name for group in _PROPERTIES for name in group if ":" not in name} | set(_NODES)
    return {namespace + name for namespace in _NAMESPACES for name in names}
