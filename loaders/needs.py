"""Which source needs the datasets of which others: what is loaded first, and circles that cannot be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

Needs = Mapping[str, Sequence[str]]


def in_order(names: Iterable[str], needs: Needs) -> list[str]:
    """`names`, each after those of them that it needs, directly or not; else in the order given."""
    wanted = list(names)
    placed: dict[str, None] = {}
    for name in wanted:
        _place(name, needs, placed, set())
    return [name for name in placed if name in wanted]


def _place(name: str, needs: Needs, placed: dict[str, None], above: set[str]) -> None:
    if name in placed or name in above:
        return
    for needed in needs.get(name, ()):
        _place(needed, needs, placed, above | {name})
    placed[name] = None


def impossible(needs: Needs, known: Collection[str]) -> dict[str, tuple[str, str]]:
    """Those with a need that is not `known`, or that needs them in turn: what is wrong, and what to do."""
    found: dict[str, tuple[str, str]] = {}
    for name, needed in needs.items():
        unknown = [other for other in needed if other not in known]
        way = circle(name, needs)
        if unknown:
            found[name] = f"there is no source {unknown[0]!r}", f"choose from: {', '.join(sorted(known))}"
        elif way:
            found[name] = f"it needs itself, {' -> '.join(way)}", "take one of these needs out"
    return found


def circle(name: str, needs: Needs) -> list[str]:
    """The names on a way from `name` through its needs back to it; empty when there is none."""
    ways = [[name]]
    seen: set[str] = set()
    for way in ways:
        for needed in needs.get(way[-1], ()):
            if needed == name:
                return [*way, name]
            if needed not in seen:
                seen.add(needed)
                ways.append([*way, needed])
    return []
