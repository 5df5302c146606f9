"""States that hold from a day on: what a day's file makes of what was known before.

A thing of a historic type is a series of states. Its key is the series' key and, as last part, the day from
which the state holds. `merge_day` is a function of (what was known, the day's file, the day) alone: the same
day loaded again gives the same result, because what that day had closed or opened is first undone.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from kamara.sparql.lines import subject
from kamara.sparql.terms import RDF_TYPE, XSD

VALID_FROM = "https://schema.org/validFrom"
VALID_THROUGH = "https://schema.org/validThrough"


@dataclass(frozen=True)
class Terms:
    """The terms of ours that the merge writes, under the configured base."""

    base_iri: str

    @property
    def current(self) -> str:
        """The object ` a kam:CurrentObservation` of a state that still holds."""
        return f" <{RDF_TYPE}> <{self.base_iri}def/CurrentObservation> .\n"

    @property
    def stale_since(self) -> str:
        """How a line begins that marks a thing kept from before."""
        return f" <{self.base_iri}def/staleSince> "

    def stale(self, day: date) -> str:
        """The rest of the line that marks a thing kept since `day`."""
        return f"{self.stale_since}{_date(day)} .\n"


class Groups:
    """What is merged together, by its key: all states of a series, or a thing that has none.

    `types` are the IRI prefixes of historic things, such as `https://.../id/expenditure-observation/`.
    """

    def __init__(self, types: Iterable[str]) -> None:
        self._prefixes = tuple(f"<{prefix}" for prefix in types)

    def is_series(self, name: str) -> bool:
        """Whether a thing, as `<IRI>`, has states; or whether a key is that of a series."""
        return name.startswith(self._prefixes)

    def key(self, name: str) -> str:
        """The key of a thing, as `<IRI>`."""
        return name[: name.rindex("~") + 1] if self.is_series(name) else f"{name} "

    def key_of_line(self, line: str) -> str:
        """The key of the thing that a line is about."""
        return self.key(subject(line))


@dataclass(frozen=True)
class DayFile:
    """A day's good lines, sorted, and the subjects of its quarantined records."""

    day: date
    lines: Iterable[str]
    held_back: Collection[str]


def merge_day(known: Iterable[str], file: DayFile, groups: Groups, terms: Terms) -> Iterator[str]:
    """The sorted lines after a day's file.

    A series that the file gives another state gets a new one, and the old one its last day; one that the file
    lacks only its last day. A series in `file.held_back` stays as it is, marked stale. Other things are
    replaced by the file's lines and never removed, since states that ended speak of them.
    """
    held_back = set(map(groups.key, file.held_back))
    for key, old, new in _pair(known, file.lines, groups.key_of_line):
        if key in held_back and not new:
            yield from _keep_stale(key, old, file.day, terms)
        elif groups.is_series(key):
            yield from _merge_series(old, new, file.day, terms)
        else:
            yield from sorted(new or _unstale(old, terms))


def _pair(
    old: Iterable[str], new: Iterable[str], key: Callable[[str], str]
) -> Iterator[tuple[str, list[str], list[str]]]:
    olds, news = groupby(old, key), groupby(new, key)
    before, after = _next(olds), _next(news)
    while before or after:
        if before and (not after or before[0] < after[0]):
            yield before[0], before[1], []
            before = _next(olds)
        elif after and (not before or after[0] < before[0]):
            yield after[0], [], after[1]
            after = _next(news)
        elif before and after:
            yield before[0], before[1], after[1]
            before, after = _next(olds), _next(news)


def _next(groups: Iterator[tuple[str, Iterator[str]]]) -> tuple[str, list[str]] | None:
    found = next(groups, None)
    return None if found is None else (found[0], list(found[1]))


def _merge_series(old: list[str], new: list[str], day: date, terms: Terms) -> list[str]:
    states = _rewind(_split(_unstale(old, terms)), day, terms)
    incoming = _split(new)
    last = f" <{VALID_THROUGH}> {_date(day - timedelta(days=1))} .\n"
    opened = next((name for name, rest in states.items() if terms.current in rest), None)
    content = _content(next(iter(incoming.values()), set()), terms)
    if opened is not None and incoming and _content(states[opened], terms) == content:
        incoming = {}
    elif opened is not None:
        states[opened] = (states[opened] - {terms.current}) | {last}
    for name, rest in incoming.items():
        states[name] = rest | {terms.current}
    return sorted(name + rest for name, state in states.items() for rest in state)


def _rewind(states: dict[str, set[str]], day: date, terms: Terms) -> dict[str, set[str]]:
    """The states as they were before a file of `day` or later was merged."""
    before = {name: rest for name, rest in states.items() if _day_of(name) < day.isoformat()}
    eve = f" <{VALID_THROUGH}> {_date(day - timedelta(days=1))} .\n"
    return {name: (rest - {eve}) | {terms.current} if eve in rest else rest for name, rest in before.items()}


def _keep_stale(key: str, old: list[str], day: date, terms: Terms) -> list[str]:
    """Lines kept from before, each thing that still holds marked as stale since the first day of it."""
    marked = []
    things = _rewind(_split(old), day, terms) if key.endswith("~") else _split(old)
    for name, rest in things.items():
        ended = any(item.startswith(f" <{VALID_THROUGH}> ") for item in rest)
        already = any(item.startswith(terms.stale_since) for item in rest)
        marked += [name + item for item in (rest if ended or already else rest | {terms.stale(day)})]
    return sorted(marked)


def _unstale(lines: list[str], terms: Terms) -> list[str]:
    return [line for line in lines if terms.stale_since not in line]


def _split(lines: Iterable[str]) -> dict[str, set[str]]:
    """Subject -> what follows it on each of its lines."""
    states: dict[str, set[str]] = {}
    for line in lines:
        name = subject(line)
        states.setdefault(name, set()).add(line[len(name) :])
    return states


def _content(rest: set[str], terms: Terms) -> set[str]:
    """What a state says, without the day from which it holds."""
    return {item for item in rest if item != terms.current and not item.startswith(f" <{VALID_FROM}> ")}


def _day_of(name: str) -> str:
    return name[name.rindex("~") + 1 : -1]


def _date(day: date) -> str:
    return f'"{day.isoformat()}"^^<{XSD}date>'
