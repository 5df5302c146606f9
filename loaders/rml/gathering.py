"""Gather maps: several terms as one RDF list or container (RML-CC)."""

from __future__ import annotations

from kamara.loaders.rml.graph import Node
from kamara.loaders.rml.model import Fresh, Gather, Gathering, ObjectMap, TermMap, TermType
from kamara.loaders.rml.terms import read_term_map
from kamara.loaders.rml.vocabulary import EXPRESSION, name

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_STRATEGIES = ("append", "cartesianProduct")


def read_gather(node: Node, base_iri: str, members: tuple[ObjectMap, ...]) -> Gather:
    """The gather map at `node`, over `members`. Raises MappingError when it is not one."""
    if not members:
        node.fail("rml:gather of nothing", "name a term map in its list")
    kind = node.required("gatherAs").text
    if kind.removeprefix(_RDF) not in [one.value for one in Gathering]:
        node.fail(f"rml:gatherAs {kind}", "use rdf:List, rdf:Bag, rdf:Seq or rdf:Alt")
    strategy, empty = node.value("strategy"), node.value("allowEmptyListAndContainer")
    if strategy is not None and name(strategy.text) not in _STRATEGIES:
        node.fail(f"rml:strategy {name(strategy.text)}", "use rml:append or rml:cartesianProduct")
    if node.values(*EXPRESSION):
        head = read_term_map(node, base_iri, TermType.IRI)
    else:
        head = TermMap(Fresh(node.text), TermType.BLANK_NODE, base_iri)
    return Gather(
        Gathering(kind.removeprefix(_RDF)),
        head,
        members,
        crossed=strategy is not None and name(strategy.text) == "cartesianProduct",
        allow_empty=empty is not None and empty.text in ("true", "1"),
    )
