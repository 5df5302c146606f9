"""Every derived dataset brought up to the log, those first that others are made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from heapq import merge

from kamara.config import Settings
from kamara.errors import KamaraError
from kamara.loaders.arrivals import as_failure
from kamara.loaders.commit import Coming, Outcome, commit
from kamara.loaders.dataset import Origin, dataset_iri, describe_dataset
from kamara.loaders.derivation.changes import Changes
from kamara.loaders.derivation.description import Derivation, readable_derivations
from kamara.loaders.derivation.making import MOST_REMOVED, Making
from kamara.loaders.derivation.recipe import derivation_recipe
from kamara.loaders.derivation.results import Results
from kamara.loaders.derivation.rule import Rule
from kamara.loaders.derive import Derived
from kamara.loaders.errors import DerivationError
from kamara.loaders.ownership import owned
from kamara.loaders.validation.engines import open_engine
from kamara.sparql.changeset import ChangeSet
from kamara.sparql.layout import Layout
from kamara.sparql.lines import distinct, subject
from kamara.sparql.log import ChangeLog
from kamara.sparql.state import States
from kamara.sparql.store import GraphStore
from kamara.sparql.watcher import Watcher

_PROV = "http://www.w3.org/ns/prov#"


@dataclass
class Derivations:
    """What a run came to: an outcome a dataset that was made again, and the failures by dataset."""

    outcomes: list[Outcome] = field(default_factory=list)
    failures: dict[str, KamaraError] = field(default_factory=dict)


def standing(log: ChangeLog, derivation: Derivation) -> dict[str, int]:
    """The last change set of each dataset that a derived one is made from; 0 for one without."""
    return {name: last.sequence if (last := log.last(name)) else 0 for name in derivation.about.sources}


def behind(settings: Settings, log: ChangeLog) -> list[str]:
    """The derived datasets that are not up to the log, or cannot be: their names, in order."""
    found, broken = readable_derivations(settings.resources)
    late = [name for name, one in found.items() if not is_up(log, one, _told(one, settings))]
    return sorted([*broken, *late])


def is_up(log: ChangeLog, derivation: Derivation, told: str) -> bool:
    """Whether a dataset was made by the rules `told` and from all that the log holds."""
    last, taken = log.last(derivation.name), standing(log, derivation)
    if last is None:
        return not any(taken.values())
    return last.manifest.recipe == told and last.manifest.taken == taken


def _told(derivation: Derivation, settings: Settings) -> str:
    """The hash over its rules; empty when they cannot be read."""
    try:
        return derivation_recipe(derivation, settings)
    except DerivationError:
        return ""


def derive_all(
    settings: Settings, layout: Layout, log: ChangeLog, store: GraphStore, watcher: Watcher
) -> Derivations:
    """Bring all derived datasets up to the log. One that fails keeps what it had; the others go on.

    Hold the writer's lock. Datasets that nothing changed for are left alone.
    """
    found, broken = readable_derivations(settings.resources)
    done = Derivations(failures=dict(broken))
    runner = _Runner(settings, layout, log, store, watcher)
    for name, derivation in found.items():
        try:
            done.outcomes += runner.bring_up(derivation)
        except Exception as error:
            done.failures[name] = _alone(as_failure(error))
    return done


def _alone(failure: KamaraError) -> KamaraError:
    """The failure without the frames that it came from: they would keep the store open."""
    failure.__cause__ = failure.__context__ = None
    return failure.with_traceback(None)


class _Runner:
    def __init__(
        self, settings: Settings, layout: Layout, log: ChangeLog, store: GraphStore, watcher: Watcher
    ) -> None:
        self._settings = settings
        self._scratch = layout.scratch
        self._log = log
        self._states = States(layout, log)
        self._store = store
        self._watcher = watcher

    def bring_up(self, derivation: Derivation) -> Iterator[Outcome]:
        """Make again what changed since the dataset was last made; all of it when its rules changed."""
        told, last = derivation_recipe(derivation, self._settings), self._log.last(derivation.name)
        taken = standing(self._log, derivation)
        if is_up(self._log, derivation, told):
            return
        self._watcher.step("derive.begin")
        self._store.catch_up(self._log)
        self._store.settle()
        content = self._content(derivation, last if last and last.manifest.recipe == told else None)
        described = sorted(self._described(derivation, taken))
        counted = _Counted(derivation, self._settings.base_iri)
        whole = owned(distinct(merge(content, described)), derivation, self._settings.base_iri)
        staged, triples = self._states.stage(derivation.name, counted.over(whole))
        self._watcher.step("derive.made")
        coming = Coming(
            derivation.name,
            "replace",
            told,
            staged,
            triples,
            Derived(staged, records=counted.results),
            rules=tuple(derivation.rule_files(self._settings.resources)),
            taken=taken,
        )
        outcome = commit(coming, self._log, self._states, self._settings.base_iri)
        yield replace(outcome, is_derived=True)

    def _content(self, derivation: Derivation, last: ChangeSet | None) -> Iterator[str]:
        settings = self._settings
        rule = Rule(derivation, settings, self._store)
        shapes, limit = derivation.shape_files(settings.resources), settings.load.max_violations
        engine = open_engine(settings.load.engine, shapes, settings.base_iri, limit)
        making = Making(derivation, rule, Results(derivation, rule, engine, self._watcher), self._scratch)
        if last is None:
            return making.afresh()
        changes = Changes(self._log, derivation.about.sources, last.manifest.taken)
        if changes.lines_removed > MOST_REMOVED:
            return making.afresh()
        return making.after(changes, self._store, self._known(derivation))

    def _known(self, derivation: Derivation) -> Iterator[str]:
        """What stands in the dataset, without what it says of itself."""
        own = f"<{dataset_iri(self._settings.base_iri, derivation.name)}> "
        return (line for line in self._states.read(derivation.name) if not line.startswith(own))

    def _described(self, derivation: Derivation, taken: dict[str, int]) -> list[str]:
        """What the dataset says of itself; it is simulated when one that it is made from is."""
        base, sources = self._settings.base_iri, [name for name, sequence in taken.items() if sequence]
        origin = Origin(
            f"Derived by rules from {', '.join(sources)}",
            any(self._is_simulated(name) for name in sources),
        )
        derived_from = f"<{dataset_iri(base, derivation.name)}> <{_PROV}wasDerivedFrom> "
        return [
            *describe_dataset(derivation, base, origin, None),
            *(f"{derived_from}<{dataset_iri(base, name)}> .\n" for name in sources),
        ]

    def _is_simulated(self, dataset: str) -> bool:
        base = self._settings.base_iri
        text = f"ASK {{ <{dataset_iri(base, dataset)}> <{base}def/simulated> true }}"
        return self._store.ask(text, [dataset])


class _Counted:
    """Counts the results in the lines of a dataset as they go by."""

    def __init__(self, derivation: Derivation, base_iri: str) -> None:
        self._own = f"<{dataset_iri(base_iri, derivation.name)}>"
        self.results = 0

    def over(self, content: Iterable[str]) -> Iterator[str]:
        """The lines as they come."""
        before = ""
        for line in content:
            name = subject(line)
            if name not in (before, self._own):
                self.results += 1
            before = name
            yield line
