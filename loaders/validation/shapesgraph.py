"""A shapes graph: SHACL files read as one graph in which every shape can be named and looked up.

An engine reports the shape that a result comes from. Nested shapes are blank nodes, which engines rename, so
they get IRIs of our own before an engine sees them: then both engines name the same shape, and its parameters
and messages (with their language tags, which engines drop) can be read from here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox
from rdflib import RDF, SH, BNode, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kamara.loaders.errors import ShapeError
from kamara.loaders.validation.graphs import to_graph
from kamara.loaders.validation.targets import has_targets
from kamara.resources import read_text

NESTED = "urn:kamara:nested-shape:"
_SHAPE_OBJECTS = (SH.property, SH.node, SH["not"], SH.qualifiedValueShape)
_SHAPE_LISTS = (SH["and"], SH["or"], SH.xone)
_STEPS = {SH.zeroOrMorePath: "*", SH.oneOrMorePath: "+", SH.zeroOrOnePath: "?"}


class ShapesGraph:
    """Several shapes files as one graph; `prefixes` are those that the files declare, by namespace IRI.

    `withholding` are the shapes that say `kam:withholds true`: what breaks one must not be public.
    """

    def __init__(self, graph: Graph, prefixes: dict[str, str], withholding: frozenset[str]) -> None:
        self.graph = _named(graph)
        self.prefixes = prefixes
        self.withholding = withholding

    @classmethod
    def read(cls, files: Sequence[Path], base_iri: str) -> ShapesGraph:
        """Read Turtle files. Raises ShapeError for one that is absent, not Turtle, or without targets."""
        graph = Graph(bind_namespaces="none")
        prefixes: dict[str, str] = {}
        for file in files:
            part = _parse(file, base_iri, prefixes)
            if not has_targets(part):
                raise ShapeError(
                    "no shape in it has a target, so it would check nothing",
                    where=str(file),
                    remedy="give a shape sh:targetClass (SHACL section 2.1.3)",
                )
            graph += part
        mark = URIRef(f"{base_iri}def/withholds")
        marked = (shape for shape, told in graph.subject_objects(mark) if str(told) in ("true", "1"))
        return cls(graph, prefixes, frozenset(map(str, marked)))

    def ntriples(self) -> str:
        """The graph as N-Triples."""
        return str(self.graph.serialize(format="nt"))

    def named(self, shape: Node) -> str:
        """The nearest shape with an IRI of its own: `shape` itself or one around it."""
        seen: set[Node] = set()
        while str(shape).startswith(NESTED) and shape not in seen:
            seen.add(shape)
            shape = next(self._around(shape), shape)
        return "" if str(shape).startswith(NESTED) else str(shape)

    def _around(self, shape: Node) -> Iterator[Node]:
        for holder, predicate in self.graph.subject_predicates(shape):
            if predicate != RDF.first:
                yield holder
            else:
                yield from self._list_holders(holder)

    def _list_holders(self, cell: Node) -> Iterator[Node]:
        while (previous := self.graph.value(None, RDF.rest, cell)) is not None:
            cell = previous
        yield from self.graph.subjects(None, cell)

    def values(self, shape: Node, parameter: str) -> list[Node]:
        """The values of a parameter such as `minCount`, in a fixed order."""
        return sorted(self.graph.objects(shape, SH[parameter]), key=str)

    def members(self, head: Node) -> list[Node]:
        """The members of an RDF list."""
        return list(Collection(self.graph, head))

    def messages(self, shape: Node) -> list[Literal]:
        """The shape's sh:message values."""
        return [value for value in self.values(shape, "message") if isinstance(value, Literal)]

    def path(self, shape: Node) -> str:
        """The shape's sh:path: an IRI, a SPARQL property path, or empty for a node shape."""
        path = self.graph.value(shape, SH.path)
        if path is None:
            return ""
        return str(path) if isinstance(path, URIRef) else self._steps(path)

    def _steps(self, path: Node) -> str:
        """A path as SPARQL writes it (SHACL section 2.3.1)."""
        if isinstance(path, URIRef):
            return f"<{path}>"
        if (path, RDF.first, None) in self.graph:
            return "/".join(self._steps(step) for step in self.members(path))
        inverse = self.graph.value(path, SH.inversePath)
        if inverse is not None:
            return f"^{self._steps(inverse)}"
        alternatives = self.graph.value(path, SH.alternativePath)
        if alternatives is not None:
            return f"({'|'.join(self._steps(step) for step in self.members(alternatives))})"
        for predicate, sign in _STEPS.items():
            inner = self.graph.value(path, predicate)
            if inner is not None:
                return f"({self._steps(inner)}){sign}"
        return ""

    def short(self, iri: str) -> str:
        """`iri` as a prefixed name when a shapes file declares a prefix for it, else as it is."""
        for namespace, prefix in self.prefixes.items():
            local = iri.removeprefix(namespace)
            if local != iri and local and not set(local) & set("/#?~"):
                return f"{prefix}:{local}"
        return iri


def _parse(file: Path, base_iri: str, prefixes: dict[str, str]) -> Graph:
    try:
        quads = ox.parse(read_text(file, base_iri), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
        graph = to_graph(quads)
    except FileNotFoundError as error:
        raise ShapeError("no such shapes file", where=str(file), remedy="name one of shapes/*.ttl") from error
    except (SyntaxError, UnicodeDecodeError) as error:
        place = getattr(error, "lineno", None)
        where = f"{file}, line {place}" if place else str(file)
        raise ShapeError(f"not Turtle: {error}", where=where, remedy="correct the file") from error
    prefixes.update({namespace: prefix for prefix, namespace in quads.prefixes.items() if prefix})
    return graph


def _named(graph: Graph) -> Graph:
    """`graph` with an IRI for every nested shape; paths stay blank, for an IRI is a path of its own."""
    names = {node: URIRef(f"{NESTED}{number}") for number, node in enumerate(_nested_shapes(graph), 1)}
    renamed = Graph(bind_namespaces="none")
    for subject, predicate, value in graph:
        renamed.add((names.get(subject, subject), predicate, names.get(value, value)))
    return renamed


def _nested_shapes(graph: Graph) -> list[Node]:
    found = {value for predicate in _SHAPE_OBJECTS for value in graph.objects(None, predicate)}
    for predicate in _SHAPE_LISTS:
        for head in graph.objects(None, predicate):
            found.update(Collection(graph, head))
    return [node for node in found if isinstance(node, BNode)]
