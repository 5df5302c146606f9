"""One record in, its readings out: the same function for a file's records and for a message of a stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from kamara.loaders.errors import RecordError
from kamara.loaders.readings.table import READING, Rule
from kamara.loaders.readings.values import result

Content = dict[str, Any]
_QUANTITY = {"value", "unit", "displayName"}


class Unfolding(Protocol):
    """What a source's records are taken apart with."""

    def __call__(self, content: Mapping[str, Any]) -> list[Content]:
        """The record once for each of its readings, which `reading` describes; once without when it has none.

        An empty list: it is no record. Raises RecordError, with the reason in both languages, for a record
        whose readings cannot be known.
        """
        ...


@dataclass
class Gathered:
    """The readings of one record, and the keys that nobody knows."""

    readings: list[Content] = field(default_factory=list)
    unmapped: list[str] = field(default_factory=list)

    def take(self, key: str, value: Any, rule: Rule | None) -> None:
        """Add what `key` holds under its `rule`. Raises RecordError as `result` does."""
        if rule is None:
            self.unmapped.append(key)
        elif rule.use == READING:
            self.readings.append(
                {
                    "key": key,
                    "property": rule.property,
                    "value": result(key, value, rule),
                    "unit": rule.result_unit,
                }
            )

    def told(self) -> Content:
        """What the record says of its readings."""
        return {"count": str(len(self.readings)), "unmapped": self.unmapped}

    def unfolded(self, content: Mapping[str, Any], record: Mapping[str, Any]) -> list[Content]:
        """`content` with `record` beside it, once for each reading."""
        told = {**content, "record": {**record, **self.told()}}
        return [{**told, "reading": reading} for reading in self.readings] or [told]


def lacking(what: str, expected: str, expected_el: str) -> RecordError:
    """The error for a record without `what`, which its readings would be lost without."""
    return RecordError(
        f"no {what}", column=what, expected=f"{what}: {expected}", expected_el=f"{what}: {expected_el}"
    )


def is_missing(value: Any) -> bool:
    """Whether there is no value at all."""
    return value is None or (isinstance(value, str) and not value.strip())


def flat(content: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    """The keys and values of an object; those of objects in it as `outer.inner`.

    An object that says a `value` and perhaps its `unit` is the value of its key, with the unit after it.
    """
    for key, value in content.items():
        if isinstance(value, Mapping) and "value" in value and value.keys() <= _QUANTITY:
            unit = value.get("unit")
            yield f"{before}{key}", f"{value['value']} {unit}" if unit else value["value"]
        elif isinstance(value, Mapping):
            yield from flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value
