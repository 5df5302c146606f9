"""Mappings written in a test: prefixes, a source over `table.csv`, and how to compile them."""

from pathlib import Path

from kamara.loaders.rml import CompiledSource, FunctionRegistry, compile_mapping
from kamara.loaders.rml.codelists import CodeLists

BASE = "https://data.thessaloniki.gr/"

PREFIXES = """
@prefix rml: <http://w3id.org/rml/> .
@prefix rr: <http://www.w3.org/ns/r2rml#> .
@prefix old: <http://semweb.mmlab.be/ns/rml#> .
@prefix ql: <http://semweb.mmlab.be/ns/ql#> .
@prefix fnml: <http://semweb.mmlab.be/ns/fnml#> .
@prefix fno: <https://w3id.org/function/ontology#> .
@prefix csvw: <http://www.w3.org/ns/csvw#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix fn: <https://data.thessaloniki.gr/def/fn/> .
@prefix kam: <https://data.thessaloniki.gr/def/> .
"""

SOURCE = 'rml:logicalSource [ rml:source "table.csv" ; rml:referenceFormulation rml:CSV ]'

CODES = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix service: <https://data.thessaloniki.gr/code/service/> .
service:10 skos:inScheme <https://data.thessaloniki.gr/code/service> ; skos:notation "10" ;
    skos:prefLabel "Υπηρεσία Πολεοδομίας"@el , "Urban planning"@en ; skos:altLabel "Γενικά"@el .
service:20 skos:inScheme <https://data.thessaloniki.gr/code/service> ; skos:notation "20" ;
    skos:prefLabel "Υπηρεσίες Πρασίνου"@el ; skos:altLabel "Γενικά"@el .
"""


def functions(folder: Path, base_iri: str = BASE) -> FunctionRegistry:
    """The registry, over the code lists in `folder`."""
    return FunctionRegistry(base_iri, CodeLists.read(folder, base_iri))


def compiled(folder: Path, text: str, base_iri: str = BASE) -> CompiledSource:
    """The only source of the mapping `text`, written into `folder` beside the code lists."""
    (folder / "codes.ttl").write_text(CODES, encoding="utf-8")
    path = folder / "mapping.rml.ttl"
    path.write_text(PREFIXES + text, encoding="utf-8")
    (source,) = compile_mapping(path, base_iri=base_iri, functions=functions(folder, base_iri)).sources
    return source


def about(subject: str, *rules: str) -> str:
    """A triples map with a subject map and rules, each `predicate ; object` of a predicate-object map."""
    pairs = "".join(f" ; rml:predicateObjectMap [ rml:predicate {rule} ]" for rule in rules)
    return f"<#things> {SOURCE} ; rml:subjectMap [ {subject} ]{pairs} ."


def call(function: str, **inputs: str) -> str:
    """A function-valued expression; each input is Turtle for the inside of its value map."""
    given = " , ".join(
        f"[ rml:parameter fn:{parameter} ; rml:inputValueMap [ {value} ] ]"
        for parameter, value in inputs.items()
    )
    return f"rml:functionExecution [ rml:function fn:{function} ; rml:input {given} ]"
