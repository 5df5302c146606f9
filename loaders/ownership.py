"""A dataset describes its own things and nothing else, so that no triple ever stands in two graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kamara.loaders.dataset import dataset_iri
from kamara.loaders.description import Described
from kamara.loaders.errors import OwnershipError
from kamara.sparql.lines import subject


def owned(content: Iterable[str], dataset: Described, base_iri: str) -> Iterator[str]:
    """The lines as they come. Raises OwnershipError for one about a thing that `dataset` does not own, for a
    blank node, and for a line with a graph of its own."""
    types = tuple(f"<{base_iri}id/{kind}/" for kind in dataset.about.owns)
    allowed = (*types, f"<{dataset_iri(base_iri, dataset.name)}>")
    for line in content:
        if not line.startswith(allowed):
            raise _refusal(
                dataset, f"describes {subject(line)}, which it does not own", "add its type to `owns`"
            )
        if " _:" in line and line.split(" ", 2)[2].startswith("_:"):
            raise _refusal(
                dataset, f"gives {subject(line)} a blank node", "give the part an IRI under its whole"
            )
        yield line


def _refusal(dataset: Described, what: str, remedy: str) -> OwnershipError:
    return OwnershipError(f"{what}; nothing of it was committed", where=str(dataset.mapping), remedy=remedy)
