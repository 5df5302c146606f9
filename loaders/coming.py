"""The coming state of a dataset: what stands now and a snapshot's lines, by the source's mode."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime
from heapq import merge
from itertools import chain, groupby

from kamara.loaders.dataset import count_records, describe_dataset, origin_of
from kamara.loaders.derive import Derived
from kamara.loaders.history import DayFile, Terms, merge_day
from kamara.loaders.snapshots import SourceFile
from kamara.loaders.source import Source
from kamara.sparql import lines
from kamara.sparql.lines import distinct, subject


def coming_state(
    source: Source, base_iri: str, known: Iterable[str], derived: Derived, file: SourceFile
) -> Iterator[str]:
    """Sorted lines of the dataset once `derived`, made from `file` (or it among others), is taken in.

    `known` are its sorted lines as they stand.
    """
    about, terms, day = source.about, Terms(base_iri), file.day
    groups = source.groups(base_iri)
    known = derived.withheld.series(groups).without(known)
    fresh = distinct(merge(lines.read(derived.lines), description(source, base_iri, derived, file)))
    if about.history is not None and day is not None:
        return merge_day(known, DayFile(day, fresh, derived.held_back), groups, terms)
    if about.mode == "append":
        return _added(known, fresh)
    today = day or datetime.now(UTC).date()
    return distinct(merge(fresh, _kept_stale(known, derived.held_back, terms, today)))


def description(source: Source, base_iri: str, derived: Derived, file: SourceFile) -> list[str]:
    """The sorted lines that the dataset says of itself once `derived`, made from `file`, is taken in."""
    described = describe_dataset(source, base_iri, origin_of(source, file), file.day)
    counted = count_records(source.name, base_iri, derived.records, derived.quarantined)
    return sorted([*described, *counted])


def _added(known: Iterable[str], fresh: Iterable[str]) -> Iterator[str]:
    """Both, sorted; of a thing that both describe only what `fresh` says: it was sent or read again."""
    marked = merge(((line, False) for line in known), ((line, True) for line in fresh))
    for _, group in groupby(marked, key=lambda item: subject(item[0])):
        said = list(group)
        newest = any(is_fresh for _, is_fresh in said)
        yield from (line for line, is_fresh in said if is_fresh is newest)


def _kept_stale(known: Iterable[str], held_back: Collection[str], terms: Terms, today: date) -> list[str]:
    """The lines of the things held back as they stand, each thing marked with the first day of that."""
    kept = [line for line in known if subject(line) in held_back]
    marked = {subject(line) for line in kept if terms.stale_since in line}
    marks = (name + terms.stale(today) for name in {subject(line) for line in kept} - marked)
    return sorted(chain(kept, marks))
