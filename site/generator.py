"""The static site: every page and RDF document of one published version as files."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Quad, Store

from kamara.errors import KamaraError
from kamara.site.addresses import FileAddresses
from kamara.site.documents import GRAPH_RDF, Documents
from kamara.site.frame import root_from
from kamara.site.home import Edition, Question
from kamara.site.representations import HTML
from kamara.sparql.document import read_document
from kamara.sparql.select import StoreSelect
from kamara.sparql.summary import GraphSummary, read_summary

MARKER = "kamara-site.json"
_STEP = 1000
# The editor asks a server.
_ONLY_LIVE = shutil.ignore_patterns("editor", "vendor")


@dataclass(frozen=True)
class Written:
    """What a run wrote: documents of things, and files."""

    documents: int
    files: int


class Generator:
    """Writes the site of one version, whose store is open read-only. Memory does not grow with the store."""

    def __init__(self, store: Store, documents: Documents, edition: Edition) -> None:
        self._store = store
        self._select = StoreSelect(store)
        self._documents = documents
        self._files = FileAddresses(documents.addresses)
        self._edition = edition
        self._summary = read_summary(self._select, documents.addresses.base_iri)

    def write(self, out: Path, questions: Iterable[Question], progress: Callable[[int], None]) -> Written:
        """Write everything to a new folder beside `out`, then put it in the place of `out`.

        `progress` is told how many triples were read since it was last called. Raises KamaraError when `out`
        holds something that is not a site of ours; what was there before stays until the new one is complete.
        """
        require_ours(out)
        with _replacing(out.resolve()) as folder:
            self._write_frame(folder, questions)
            documents = sum(1 for _ in self._write_documents(folder, progress))
            files = sum(len(names) for _, _, names in os.walk(folder))
        return Written(documents, files)

    @property
    def triples(self) -> int:
        """How many triples there are to read."""
        return self._summary.triples

    def _write_frame(self, folder: Path, questions: Iterable[Question]) -> None:
        shutil.copytree(self._documents.pages.static, folder / "static", ignore=_ONLY_LIVE)
        shutil.copyfile(self._documents.pages.robots, folder / "robots.txt")
        asked = list(questions)
        for html in HTML:
            page = self._documents.home(self._summary, self._edition, asked, html.language)
            (folder / f"index{html.suffix}").write_text(page, encoding="utf-8")
        shutil.copyfile(folder / f"index{HTML[0].suffix}", folder / "index.html")
        about = {"base_iri": self._documents.addresses.base_iri, "version": self._edition.number}
        (folder / MARKER).write_text(json.dumps(about) + "\n", encoding="utf-8")

    def _write_documents(self, folder: Path, progress: Callable[[int], None]) -> Iterator[str]:
        for graph in self._summary.graphs:
            self._write_graph(folder, graph)
            for iri in (graph.graph, graph.dataset.thing):
                yield from self._write_once(folder, iri)
            quads = self._store.quads_for_pattern(None, None, None, NamedNode(graph.graph))
            for number, quad in enumerate(quads, start=1):
                for iri in _mentioned(quad):
                    yield from self._write_once(folder, iri)
                if number % _STEP == 0:
                    progress(_STEP)
            progress(graph.triples % _STEP)

    def _write_once(self, folder: Path, iri: str) -> Iterator[str]:
        path = self._files.path(iri)
        # The file itself remembers that it is written: a set of all IRIs would grow with the store.
        if path is not None and not (folder / f"{path}{HTML[0].suffix}").exists():
            self._write_document(folder, iri, path)
            yield iri

    def _write_document(self, folder: Path, iri: str, path: str) -> None:
        document, content = read_document(self._select, iri), self._summary.of(iri)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        if content is None or content.graph != iri:
            formats = self._documents.formats(document)
            for one, triples in zip(formats, self._documents.rdf(document, formats), strict=True):
                (folder / (path + one.suffix)).write_bytes(triples)
        self._write_redirect(folder, iri)
        for html in reversed(HTML):
            page = self._documents.page(document, html.language, content)
            (folder / (path + html.suffix)).write_text(page, encoding="utf-8")

    def _write_redirect(self, folder: Path, iri: str) -> None:
        place = self._files.name(iri)
        target = folder / f"{place}.html"
        if target.exists() and "%2F" in iri.upper():
            return  # It is at the address of a thing whose own slash stands there.
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(self._documents.redirect(iri, root_from(place)), encoding="utf-8")

    def _write_graph(self, folder: Path, graph: GraphSummary) -> None:
        path = self._files.path(graph.graph)
        if path is None:
            return
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        for representation in GRAPH_RDF:
            target = folder / (path + representation.suffix)
            self._store.dump(str(target), representation.format, from_graph=NamedNode(graph.graph))


def require_ours(out: Path) -> None:
    """Raise KamaraError unless `out` is absent, an empty folder, or a site that Kamara wrote."""
    if not out.exists() or (out / MARKER).is_file() or (out.is_dir() and not any(out.iterdir())):
        return
    raise KamaraError(
        "is there and is not a site that Kamara wrote", where=str(out), remedy="name a new or empty folder"
    )


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """A folder beside `out` that takes its place when all went well, and is removed otherwise."""
    out.parent.mkdir(parents=True, exist_ok=True)
    new = out.with_name(f".{out.name}.{os.getpid()}.new")
    old = out.with_name(f".{out.name}.{os.getpid()}.old")
    new.mkdir()
    try:
        yield new
        if out.exists():
            out.rename(old)
        new.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _mentioned(quad: Quad) -> Iterator[str]:
    for node in (quad.subject, quad.predicate, quad.object):
        if isinstance(node, NamedNode):
            yield node.value
