"""The names of OWL 2 and RDF Schema that matter to a reasoner, and the datatypes that it knows."""

from __future__ import annotations

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"

RESERVED = (RDF, RDFS, OWL, XSD)
TYPE = f"{RDF}type"
CLASS = f"{OWL}Class"
OBJECT_PROPERTY = f"{OWL}ObjectProperty"
DATA_PROPERTY = f"{OWL}DatatypeProperty"
INDIVIDUAL = f"{OWL}NamedIndividual"
SUB_CLASS = f"{RDFS}subClassOf"
SUB_PROPERTY = f"{RDFS}subPropertyOf"
DOMAIN = f"{RDFS}domain"
RANGE = f"{RDFS}range"

CLASSES = frozenset({CLASS, f"{RDFS}Class"})
BETWEEN_CLASSES = frozenset({SUB_CLASS, f"{OWL}equivalentClass", f"{OWL}disjointWith", f"{OWL}complementOf"})
BETWEEN_PROPERTIES = frozenset(
    {SUB_PROPERTY, f"{OWL}equivalentProperty", f"{OWL}inverseOf", f"{OWL}propertyDisjointWith"}
)
BETWEEN_INDIVIDUALS = frozenset({f"{OWL}sameAs", f"{OWL}differentFrom"})
CHARACTERISTICS = frozenset(
    f"{OWL}{name}Property"
    for name in (
        *("Functional", "InverseFunctional", "Transitive", "Symmetric"),
        *("Asymmetric", "Reflexive", "Irreflexive"),
    )
)

# OWL 2 Structural Specification, section 4 (the datatype map). HermiT refuses any other datatype.
DATATYPES = frozenset(
    {f"{OWL}real", f"{OWL}rational", f"{RDFS}Literal"}
    | {f"{RDF}{name}" for name in ("PlainLiteral", "XMLLiteral", "langString")}
    | {
        f"{XSD}{name}"
        for name in (
            *("string", "normalizedString", "token", "language", "Name", "NCName", "NMTOKEN", "boolean"),
            *("decimal", "integer", "double", "float", "long", "int", "short", "byte"),
            *("nonNegativeInteger", "nonPositiveInteger", "positiveInteger", "negativeInteger"),
            *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
            *("hexBinary", "base64Binary", "anyURI", "dateTime", "dateTimeStamp"),
        )
    }
)


def is_reserved(iri: str) -> bool:
    """Whether `iri` is of RDF, RDF Schema, OWL or XML Schema itself, which no ontology may speak about."""
    return iri.startswith(RESERVED)


def short(iri: str) -> str:
    """`iri` with the usual prefix of those vocabularies, as a person reads it."""
    for prefix, namespace in (("rdf", RDF), ("rdfs", RDFS), ("owl", OWL), ("xsd", XSD)):
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return iri
