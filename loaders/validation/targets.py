"""Which nodes of some data a shapes graph would check: a report on nothing must not read `conforms`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rdflib import OWL, RDF, RDFS, SH, Graph, URIRef
from rdflib.term import IdentifiedNode, Node


def target_classes(shapes: Graph) -> set[Node]:
    """The classes that shapes target, or that are shapes (SHACL sections 2.1.3.2 and 2.1.3.3)."""
    named = {node for kind in (SH.NodeShape, SH.PropertyShape) for node in shapes.subjects(RDF.type, kind)}
    classes = {node for kind in (RDFS.Class, OWL.Class) for node in shapes.subjects(RDF.type, kind)}
    return set(shapes.objects(None, SH.targetClass)) | (named & classes)


def has_targets(shapes: Graph) -> bool:
    """Whether any shape has a target of any kind."""
    others = (SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf, SH.target)
    return bool(target_classes(shapes)) or any((None, kind, None) in shapes for kind in others)


def focus_nodes(shapes: Graph, data: Graph) -> set[Node]:
    """The nodes of `data` that a target of `shapes` selects (SHACL section 2.1.3).

    sh:targetNode counts only when the data speak of that node. Targets by SPARQL are not counted.
    """
    return set(_by_class(shapes, data)) | set(_by_property(shapes, data)) | set(_by_name(shapes, data))


def _by_class(shapes: Graph, data: Graph) -> Iterator[Node]:
    for cls in target_classes(shapes):
        assert isinstance(cls, IdentifiedNode)
        for narrower in data.transitive_subjects(RDFS.subClassOf, cls):
            yield from data.subjects(RDF.type, narrower)


def _by_property(shapes: Graph, data: Graph) -> Iterator[Node]:
    for name in _names(shapes.objects(None, SH.targetSubjectsOf)):
        yield from data.subjects(name)
    for name in _names(shapes.objects(None, SH.targetObjectsOf)):
        yield from data.objects(None, name)


def _by_name(shapes: Graph, data: Graph) -> Iterator[Node]:
    return (node for node in _names(shapes.objects(None, SH.targetNode)) if (node, None, None) in data)


def _names(nodes: Iterable[Node]) -> Iterator[URIRef]:
    return (node for node in nodes if isinstance(node, URIRef))
