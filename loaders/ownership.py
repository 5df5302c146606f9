"""A dataset describes its own things and nothing else, so that no triple ever stands in two graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kamara.loaders.dataset import dataset_iri
from kamara.loaders.errors import OwnershipError
from kamara.loaders.source import Source
from kamara.sparql.lines import subject


def owned(content: Iterable[str], source: Source, base_iri: str) -> Iterator[str]:
    """The lines as they come. Raises OwnershipError for one about a thing that `source` does not own, for a
    blank node, and for a line with a graph of its own."""
    types = tuple(f"<{base_iri}id/{kind}/" for kind in source.about.owns)
    allowed = (*types, f"<{dataset_iri(base_iri, source.name)}>")
    for line in content:
        if not line.startswith(allowed):
            raise _refusal(
                source, f"describes {subject(line)}, which it does not own", "add its type to `owns`"
            )
        if " _:" in line and line.split(" ", 2)[2].startswith("_:"):
            raise _refusal(
                source, f"gives {subject(line)} a blank node", "give the part an IRI under its whole"
            )
        yield line


def _refusal(source: Source, what: str, remedy: str) -> OwnershipError:
    return OwnershipError(f"{what}; nothing of it was committed", where=str(source.mapping), remedy=remedy)
