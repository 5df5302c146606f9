"""Which derived results a thing ever had a part in: they must go when the thing is erased."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from kamara.config import Settings
from kamara.loaders.derivation.changes import Changes
from kamara.loaders.derivation.description import Derivation, readable_derivations
from kamara.loaders.derivation.making import MOST_REMOVED
from kamara.loaders.derivation.rule import Rule
from kamara.sparql.erasure import Target
from kamara.sparql.lines import subject
from kamara.sparql.log import ChangeLog
from kamara.sparql.store import GraphStore


def contributions(
    settings: Settings, log: ChangeLog, store: GraphStore, target: Target
) -> dict[str, tuple[str, ...]]:
    """Derived dataset -> its results, each as `<IRI>`, that `target` leads to or once led to.

    A result led to by way of another derived dataset counts too. The store must be up to the log. Raises
    DerivationError when the rules of a dataset cannot be used: then nobody knows.
    """
    found, broken = readable_derivations(settings.resources)
    for name, error in broken.items():
        if log.last(name) is not None:
            raise error
    results: dict[str, tuple[str, ...]] = {}
    for name, derivation in found.items():
        if log.last(name) is None:
            continue
        if touched := _touched(derivation, settings, log, store, target=target, results=results):
            results[name] = tuple(sorted(touched))
    return results


def _touched(
    derivation: Derivation,
    settings: Settings,
    log: ChangeLog,
    store: GraphStore,
    *,
    target: Target,
    results: Mapping[str, Sequence[str]],
) -> set[str]:
    """The results of one dataset; all that it ever had, when too much was removed to look back at."""
    history = Changes(log, derivation.about.sources, {})
    changed: set[str] = set()
    for source in derivation.about.sources:
        changed |= _named(log, source, target, set(results.get(source, ())))
    if not changed:
        return set()
    if history.lines_removed > MOST_REMOVED:
        return {subject(line) for change_set in log.of(derivation.name) for line in change_set.adds()}
    rule = Rule(derivation, settings, store)
    with store.remembering(history.removed(), 0):
        return {one.focus for one in rule.touched_by(sorted(changed))}


def _named(log: ChangeLog, dataset: str, target: Target, results: Collection[str]) -> set[str]:
    """The things of a dataset of which a line ever mentioned the target, and results that go with it."""
    return {
        subject(line)
        for change_set in log.of(dataset)
        for line in change_set.adds()
        if target.mentioned_in(line) or subject(line) in results
    }
