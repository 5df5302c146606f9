"""What the process that writes is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kamara.config import Settings
from kamara.loaders.editing.change import Change, Condition, Editor, Operation
from kamara.loaders.editing.editing import Done, edit
from kamara.loaders.editing.payload import read_payload
from kamara.loaders.editing.update import names_dataset, read_update
from kamara.loaders.errors import ForbiddenError, PayloadError, UnofferedError
from kamara.sparql.store import graph_iri


@dataclass(frozen=True)
class GraphJob:
    """A write of the Graph Store Protocol (SPARQL 1.1 Graph Store HTTP Protocol, sections 5.3-5.5)."""

    method: Literal["PUT", "POST", "DELETE"]
    dataset: str
    media_type: str
    body: bytes
    condition: Condition
    editor: Editor

    def perform(self, settings: Settings) -> Done:
        """Do it. Raises what `edit` raises, and PayloadError."""
        graph = graph_iri(settings.base_iri, self.dataset)
        operations = [Operation("drop")] if self.method == "DELETE" else []
        if self.method == "PUT":
            operations.append(Operation("clear"))
        if self.method != "DELETE":
            operations.append(Operation("add", read_payload(self.body, self.media_type, graph)))
        return edit(settings, Change(self.dataset, tuple(operations), self.editor, self.condition))


@dataclass(frozen=True)
class UpdateJob:
    """A SPARQL Update. `base_iri`: what relative addresses in it are resolved against.

    `using`: the graphs named beside it, in which a WHERE would look; INSERT DATA and DELETE DATA have none.
    """

    text: str
    base_iri: str
    using: tuple[str, ...]
    condition: Condition
    editor: Editor

    def perform(self, settings: Settings) -> Done:
        """Do it. Raises what `edit` raises, PayloadError and UnofferedError."""
        try:
            update = read_update(self.text, self.base_iri)
        except UnofferedError as error:
            if self.using and names_dataset(self.text):
                raise PayloadError(
                    "the update names its graphs both in its text and by using-graph-uri",
                    remedy="name them in one place",
                ) from error
            raise
        first = graph_iri(settings.base_iri, "")
        dataset = update.graph.removeprefix(first)
        if not update.graph.startswith(first) or dataset not in self.editor.datasets:
            known = ", ".join(graph_iri(settings.base_iri, name) for name in self.editor.datasets)
            raise ForbiddenError(
                f"the token {self.editor.name!r} may not write into <{update.graph[:200]}>",
                remedy=f"it may write into: {known or 'none'}",
            )
        return edit(settings, Change(dataset, update.operations, self.editor, self.condition))


Job = GraphJob | UpdateJob
