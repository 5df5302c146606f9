"""Documents and counts of the published version, asked of the workers."""

from __future__ import annotations

import threading

from kamara.sparql.document import Document, read_document
from kamara.sparql.gone import is_gone
from kamara.sparql.pool.blocking import BlockingPool
from kamara.sparql.select import PoolSelect, document_query, read_consistently
from kamara.sparql.summary import Summary, read_summary
from kamara.sparql.versions import Version


class Reader:
    """Reads documents; threads may share it."""

    def __init__(self, pool: BlockingPool, base_iri: str) -> None:
        self.pool = pool
        self._base_iri = base_iri
        self._counting = threading.Lock()
        self._counted: tuple[Summary, Version] | None = None

    def exists(self, iri: str) -> bool:
        """Whether the published version speaks of the thing. Raises QueryError."""
        return any(True for _ in PoolSelect(self.pool)(document_query("exists"), {"thing": [iri]}))

    def is_gone(self, iri: str) -> bool:
        """Whether the thing once stood in the graph and was removed."""
        return is_gone(self.pool.version().folder, iri)

    def document(self, iri: str) -> tuple[Document, Version]:
        """The document of a thing and the version that it stands in. Raises QueryError."""
        return read_consistently(self.pool, lambda select: read_document(select, iri))

    def summary(self) -> tuple[Summary, Version]:
        """The counts of the published version. They read all of it, so they are made once a version."""
        with self._counting:
            if self._counted is None or self._counted[1] != self.pool.version():
                self._counted = read_consistently(
                    self.pool, lambda select: read_summary(select, self._base_iri)
                )
            return self._counted
