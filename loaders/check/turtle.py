"""A Turtle file with its text, so that what is wrong in the triples can be shown in the lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kamara.loaders.check.findings import Finding
from kamara.resources import read_text


@dataclass(frozen=True)
class TurtleFile:
    """A parsed file; `prefixes` are by name."""

    path: Path
    text: str
    triples: tuple[ox.Triple, ...]
    prefixes: dict[str, str]

    def place(self, iri: str) -> str:
        """`line N` of the first line that writes `iri`, in full or with a prefix; empty when none does."""
        return place_of(iri, self.text, self.prefixes)

    def finding(self, iri: str, what: str, remedy: str) -> Finding:
        """A finding about `iri` in this file."""
        return Finding(str(self.path), self.place(iri), what, remedy)

    def values(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> Iterator[object]:
        """The objects of `subject` and `predicate` (an IRI)."""
        return (t.object for t in self.triples if t.subject == subject and t.predicate.value == predicate)


def place_of(iri: str, text: str, prefixes: dict[str, str]) -> str:
    """Where `text` first writes `iri` outside of a prefix declaration: `line N`, or empty."""
    forms = [re.escape(f"<{iri}>")]
    for prefix, namespace in prefixes.items():
        if iri.startswith(namespace):
            forms.append(rf"(?<![\w:-]){re.escape(f'{prefix}:{iri[len(namespace) :]}')}(?![\w-])")
    pattern = re.compile("|".join(forms))
    for number, line in enumerate(text.splitlines(), 1):
        if pattern.search(line) and not line.lstrip().lower().startswith(("@prefix", "prefix")):
            return f"line {number}"
    return ""


def read_turtle(path: Path, base_iri: str) -> TurtleFile | Finding:
    """The file at `path`, or the finding that it is not Turtle in UTF-8."""
    try:
        text = read_text(path, base_iri)
        parser = ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=base_iri, rename_blank_nodes=True)
        triples = tuple(ox.Triple(quad.subject, quad.predicate, quad.object) for quad in parser)
    except UnicodeDecodeError as error:
        return Finding(str(path), f"byte {error.start}", "not UTF-8", "save the file as UTF-8")
    except SyntaxError as error:
        place = f"line {error.lineno}" if error.lineno else ""
        return Finding(str(path), place, f"not Turtle: {error.msg}", "correct the line")
    return TurtleFile(path, text, triples, dict(parser.prefixes))
