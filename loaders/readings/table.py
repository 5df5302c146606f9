"""A table of readings: which keys of a model are which properties, in which unit."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import NoReturn

from kamara.loaders.errors import SourceError

READING, IGNORED, DATE = "reading", "ignored", "date"
_USES = (READING, IGNORED, DATE)
_COLUMNS = ("model", "key", "use", "property", "unit", "scale", "offset", "result_unit", "words")


@dataclass(frozen=True)
class Rule:
    """What a key means. `result = value * scale + offset`, in `result_unit` (a name of QUDT's units).

    `unit` is how the source writes its own unit. `words` are texts that stand for a value. A key whose `use`
    is `ignored` is no reading; one that is `date` says which day the record is of.
    """

    key: str
    use: str
    property: str
    unit: str
    scale: Decimal
    offset: Decimal
    result_unit: str
    words: Mapping[str, Decimal]


@dataclass(frozen=True)
class Model:
    """The keys of one model. A key may stand several times, each time with another unit."""

    name: str
    rules: Mapping[str, tuple[Rule, ...]]

    def knows(self, keys: Iterable[str]) -> bool:
        """Whether the model has all these keys."""
        return all(key in self.rules for key in keys)

    def exact(self, key: str, unit: str) -> Rule | None:
        """The rule of a key in just this unit; empty is a unit of its own."""
        return next((rule for rule in self.rules.get(key, ()) if rule.unit == unit), None)

    def properties(self) -> list[str]:
        """The properties that it reads, in the order of the table."""
        found = (rule.property for rules in self.rules.values() for rule in rules if rule.use == READING)
        return list(dict.fromkeys(found))


@dataclass(frozen=True)
class ReadingsTable:
    """The models by name: `brand/model`, or empty for the one model of a sheet or an entity."""

    models: Mapping[str, Model]

    def named(self, name: str) -> Model | None:
        """The model of this name; capitals do not matter."""
        return self.models.get(name.lower())

    def fitting(self, keys: Iterable[str]) -> list[Model]:
        """The models that have all of `keys`; none when there are no keys."""
        wanted = list(keys)
        return [model for model in self.models.values() if wanted and model.knows(wanted)]


@dataclass
class _Reader:
    path: Path
    normal: Callable[[str], str]
    line: int = 1
    models: dict[str, dict[str, tuple[Rule, ...]]] = field(default_factory=dict)
    taken: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, row: Mapping[str, str]) -> None:
        rule = self._rule(row)
        for name in row["model"].lower().split() or [""]:
            rules = self.models.setdefault(name, {})
            if any(other.unit == rule.unit for other in rules.get(rule.key, ())):
                self.fail(f"{row['key']!r} stands twice for {name or 'the source'}", "take one out")
            # Of a sheet or an entity several keys are the same property: other words, another unit.
            if name and rule.use == READING and self._taken(name, rule) != rule.key:
                self.fail(f"two keys of {name} are {rule.property}", "give one another property")
            rules[rule.key] = (*rules.get(rule.key, ()), rule)

    def _taken(self, name: str, rule: Rule) -> str:
        """The key of a model that its property belongs to: the first one."""
        return self.taken.setdefault((name, rule.property), rule.key)

    def _rule(self, row: Mapping[str, str]) -> Rule:
        use = row["use"] or READING
        if use not in _USES:
            self.fail(f"the use {use!r} is not known", f"write {', '.join(_USES)}")
        if (use == READING) != bool(row["property"] and row["result_unit"]):
            self.fail("a reading, and only a reading, has a property and a result_unit", "correct the line")
        return Rule(
            self.normal(row["key"]),
            use,
            row["property"],
            row["unit"],
            self._number(row["scale"], Decimal(1)),
            self._number(row["offset"], Decimal(0)),
            row["result_unit"],
            dict(self._word(text) for text in row["words"].split("|") if text),
        )

    def _word(self, text: str) -> tuple[str, Decimal]:
        word, _, value = text.rpartition("=")
        return word.casefold(), self._number(value, Decimal(0))

    def _number(self, text: str, default: Decimal) -> Decimal:
        try:
            return Decimal(text) if text else default
        except InvalidOperation:
            self.fail(f"{text!r} is not a number", "write one such as 0.01")

    def fail(self, what: str, remedy: str) -> NoReturn:
        raise SourceError(what, where=f"{self.path}, line {self.line}", remedy=remedy)


def read_table(path: Path, normal: Callable[[str], str] = str) -> ReadingsTable:
    """The table at `path` (CSV, UTF-8). `normal` gives keys the form in which they are looked up.

    Raises SourceError, naming the line, when it is not such a table.
    """
    reader = _Reader(path, normal)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, strict=True)
            if tuple(rows.fieldnames or ()) != _COLUMNS:
                reader.fail("is not a table of readings", f"its headings are {','.join(_COLUMNS)}")
            for row in rows:
                reader.line = rows.line_num
                if None in row or None in row.values():
                    reader.fail("not as many fields as headings", "correct it")
                reader.add(row)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SourceError(f"cannot be read: {error}", where=str(path), remedy="correct the file") from error
    return ReadingsTable({name: Model(name, rules) for name, rules in reader.models.items()})
