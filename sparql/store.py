"""The writer's store: a projection of the log into pyoxigraph, one named graph a dataset."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from io import BufferedReader
from itertools import islice
from pathlib import Path
from typing import cast

import zstandard
from pyoxigraph import NamedNode, Quad, QuerySolutions, QueryTriples, RdfFormat, Store, parse

from kamara.sparql import durable
from kamara.sparql.changeset import ADDS, REMOVES, ChangeSet
from kamara.sparql.errors import LogError, StoreError
from kamara.sparql.layout import Layout
from kamara.sparql.log import ChangeLog
from kamara.sparql.watcher import Watcher

# From here on bulk_load (which writes files of its own) beats a transaction.
BULK_LINES = 20_000
_CHUNK = 10_000
_PIECE = 100_000
_BUFFER = 1 << 20
# The engine holds in memory what transactions wrote until it is flushed: 1.8 GB after a year of daily files.
_HELD_LINES = 200_000


def graph_iri(base_iri: str, dataset: str) -> str:
    """The named graph of a dataset."""
    return f"{base_iri}graph/{dataset}"


class GraphStore:
    """The writer's store. Hold the writer's lock while it is open."""

    def __init__(self, layout: Layout, base_iri: str, watcher: Watcher | None = None) -> None:
        self._folder = layout.store
        self._base_iri = base_iri
        self._watcher = watcher or Watcher()
        self._is_loose = False
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            self._store = Store(str(self._folder / "rocksdb"))
        except (OSError, RuntimeError) as error:
            raise StoreError(
                f"cannot be opened: {error}", where=str(self._folder), remedy="run `kamara rebuild`"
            ) from error

    @property
    def position(self) -> int:
        """The number of the last change set that is in the store for certain."""
        try:
            return int(self._position_file.read_text(encoding="ascii"))
        except FileNotFoundError:
            return 0
        except ValueError as error:
            raise StoreError(
                "is damaged", where=str(self._position_file), remedy="run `kamara rebuild`"
            ) from error

    def catch_up(self, log: ChangeLog, to: int | None = None) -> int:
        """Apply the change sets that the store lacks, `to` that one or all; gives how many those were.

        A change set may be applied twice (after a crash): its adds and removes are sets, so nothing changes.
        """
        start = self.position
        if start > log.sequence:
            raise LogError(
                f"ends at change set {log.sequence}, the store is at {start}",
                where="the log",
                remedy="restore the whole log from a backup, or run `kamara rebuild`",
            )
        pending = list(islice(log, start, to))
        held = 0
        for change_set in pending:
            self._apply(change_set)
            held += _in_transactions(change_set)
            if held > _HELD_LINES:
                self._store.flush()
                held = 0
        if any(map(_is_bulk, pending)):
            self._is_loose = True
        if pending:
            self._store.flush()
            self._watcher.step("project.flushed")
            self._move_to(pending[-1].sequence)
            self._watcher.step("project.position")
        return len(pending)

    def settle(self) -> None:
        """Put what was loaded in bulk in the order that queries like best. Rewrites the store."""
        if self._is_loose:
            self._store.optimize()
            self._is_loose = False

    def backup(self, folder: Path) -> None:
        """Write a hard-link checkpoint to `folder`, which must not exist yet."""
        self.settle()
        self._store.backup(str(folder))

    def select(self, text: str, datasets: Sequence[str]) -> QuerySolutions:
        """The rows of a SELECT query over the graphs of `datasets`, in one and each by its name."""
        return cast("QuerySolutions", self._query(text, datasets))

    def ask(self, text: str, datasets: Sequence[str]) -> bool:
        """Whether an ASK query holds in the graphs of `datasets`."""
        return bool(self._query(text, datasets))

    def construct(self, text: str, datasets: Sequence[str]) -> QueryTriples:
        """The triples of a CONSTRUCT query over the graphs of `datasets`, in one and each by its name."""
        return cast("QueryTriples", self._query(text, datasets))

    @contextmanager
    def remembering(self, removed: Iterable[tuple[str, str]], since: int) -> Iterator[None]:
        """Hold lines again that change sets after `since` have removed, each a dataset and a line.

        They are kept in memory too. When the process dies meanwhile, the next `catch_up` removes them again.
        """
        position = self.position
        lacking = [quad for quad in self._quads_of(removed) if quad not in self._store]
        if not lacking:
            yield
            return
        self._move_to(min(since, position))
        try:
            self._store.extend(lacking)
            self._watcher.step("derive.remembered")
            yield
        finally:
            for quad in lacking:
                self._store.remove(quad)
            self._store.flush()
            self._move_to(position)
            self._watcher.step("derive.forgotten")

    def describes(self, iri: str) -> bool:
        """Whether any triple has this subject."""
        return next(self._store.quads_for_pattern(NamedNode(iri), None, None, None), None) is not None

    def __len__(self) -> int:
        return len(self._store)

    @property
    def size(self) -> int:
        """Bytes that the store takes on the disk."""
        total = 0
        for path in self._folder.rglob("*"):
            # The engine removes files of its own at any moment.
            with suppress(FileNotFoundError):
                found = path.stat()
                total += found.st_size if stat.S_ISREG(found.st_mode) else 0
        return total

    @property
    def _position_file(self) -> Path:
        return self._folder / "position"

    def _move_to(self, position: int) -> None:
        durable.write_bytes(self._position_file, b"%d\n" % position)

    def _query(self, text: str, datasets: Sequence[str]) -> object:
        graphs = [NamedNode(graph_iri(self._base_iri, name)) for name in datasets]
        return self._store.query(
            text, base_iri=self._base_iri, default_graph=list(graphs), named_graphs=list(graphs)
        )

    def _quads_of(self, content: Iterable[tuple[str, str]]) -> Iterator[Quad]:
        for dataset, line in content:
            graph = NamedNode(graph_iri(self._base_iri, dataset))
            for quad in parse(line, RdfFormat.N_TRIPLES):
                yield Quad(quad.subject, quad.predicate, quad.object, graph)

    def _apply(self, change_set: ChangeSet) -> None:
        watcher, graph = self._watcher, NamedNode(graph_iri(self._base_iri, change_set.dataset))
        watcher.step("project.begin")
        change_set.verify()
        for quad in _quads(change_set.folder / REMOVES, graph):
            self._store.remove(quad)
        watcher.step("project.removed")
        if _is_bulk(change_set):
            for content in _pieces(change_set.folder / ADDS):
                self._store.bulk_load(content, RdfFormat.N_TRIPLES, to_graph=graph)
        else:
            for some in _chunks(_quads(change_set.folder / ADDS, graph)):
                self._store.extend(some)
        watcher.step("project.added")


def discard(layout: Layout) -> None:
    """Remove the writer's store, so that the next one is built from the log."""
    shutil.rmtree(layout.store, ignore_errors=True)


def _is_bulk(change_set: ChangeSet) -> bool:
    return change_set.manifest.counts.added >= BULK_LINES


def _in_transactions(change_set: ChangeSet) -> int:
    """How many lines of a change set go through transactions."""
    counts = change_set.manifest.counts
    return counts.removed + (0 if _is_bulk(change_set) else counts.added)


@contextmanager
def _bytes(path: Path) -> Iterator[zstandard.ZstdDecompressionReader]:
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as content:
        yield content


def _pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file of lines, in pieces: 1.2 million lines loaded at once took 1 GB of memory."""
    with _bytes(path) as content:
        text = BufferedReader(content, _BUFFER)
        while some := b"".join(islice(text, _PIECE)):
            yield some


def _quads(path: Path, graph: NamedNode) -> Iterator[Quad]:
    with _bytes(path) as content:
        for quad in parse(content, RdfFormat.N_TRIPLES):
            yield Quad(quad.subject, quad.predicate, quad.object, graph)


def _chunks(quads: Iterable[Quad]) -> Iterator[list[Quad]]:
    source = iter(quads)
    while some := list(islice(source, _CHUNK)):
        yield some
