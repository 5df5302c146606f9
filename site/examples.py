"""The saved queries as examples to begin from: grouped by domain, their parameters filled in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kamara.site.texts import Language
from kamara.sparql.bindings import bind
from kamara.sparql.guard import Inspected
from kamara.sparql.labels import Labels
from kamara.sparql.queries import SavedQuery


@dataclass(frozen=True)
class Group:
    """The examples of a domain: its name, and the name and question of each."""

    title: str
    questions: tuple[tuple[str, str], ...]


class Examples:
    """The library of saved queries, for people who write one of their own.

    `inspected`: what the guard says of each; `vocabulary` names the domains, codes of `dataset-theme`.
    """

    def __init__(
        self,
        saved: Mapping[str, SavedQuery],
        inspected: Mapping[str, Inspected],
        vocabulary: Labels,
        base_iri: str,
    ) -> None:
        self._saved = saved
        self._inspected = inspected
        self._vocabulary = vocabulary
        self._themes = f"{base_iri}code/dataset-theme/"

    def groups(self, language: Language, across: str) -> tuple[Group, ...]:
        """The examples by domain, sorted by name; those of no single one come last, under `across`."""
        found: dict[str, list[tuple[str, str]]] = {}
        for one in self._saved.values():
            title = self._title(one, language)
            found.setdefault(title, []).append((one.name, one.question[language]))
        titles = sorted(found, key=lambda title: (not title, title.casefold()))
        return tuple(Group(title or across, tuple(found[title])) for title in titles)

    def text(self, name: str, language: Language) -> str:
        """The text of an example with its defaults as values, under its question. Raises KeyError."""
        saved = self._saved[name]
        bound = bind(self._inspected[name], saved.bind({}))
        lines = [line for line in bound.splitlines() if not line.startswith("# @")]
        return "\n".join([f"# {saved.question[language]}", *lines]) + "\n"

    def _title(self, saved: SavedQuery, language: Language) -> str:
        return self._vocabulary.of(self._themes + saved.name.partition("-")[0]).get(language, "")
