"""NGSI-LD entities with readings (ETSI GS CIM 009), normalized or as keys and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kamara.loaders.readings.table import IGNORED, Model, ReadingsTable, Rule
from kamara.loaders.readings.unfolding import Content, Gathered, is_missing, lacking

_PLATFORMS = ("refDevice", "refPointOfInterest")


@dataclass(frozen=True)
class Entities:
    """Takes entities apart. The unit is the one that `unitCode` names (UN/CEFACT): without it only what needs
    none, or what the data model itself gives a unit, is a reading.
    """

    table: ReadingsTable

    def __call__(self, content: Mapping[str, Any]) -> list[Content]:
        """See `Unfolding`."""
        model, gathered = self.table.models[""], Gathered()
        for key, told in content.items():
            value, unit = _value(told)
            if not is_missing(value) and not isinstance(value, list | dict):
                gathered.take(key, value, _rule(model, key.lower(), unit))
        return gathered.unfolded(content, _record(content))


def _rule(model: Model, key: str, unit: str) -> Rule | None:
    rules = model.rules.get(key, ())
    return rules[0] if rules and rules[0].use == IGNORED else model.exact(key, unit)


def _record(content: Mapping[str, Any]) -> Content:
    # An interval begins and ends; what was observed in it was known at its end.
    time = str(_value(content.get("dateObserved"))[0] or "").rpartition("/")[2]
    name = next((str(v) for p in _PLATFORMS if (v := _value(content.get(p))[0])), "")
    name = name or str(content.get("id", "")).removesuffix(time).rstrip("-:")
    if not (time and name):
        raise lacking(
            "dateObserved" if name else "id", "what names the readings", "ό,τι ονομάζει τις μετρήσεις"
        )
    record: Content = {"time": time, "time_key": re.sub("[-:]", "", time), "platform": name}
    location = _value(content.get("location"))[0]
    if isinstance(location, Mapping) and location.get("type") == "Point":
        longitude, latitude, *_ = location.get("coordinates", (None, None))
        record |= {"lon": longitude, "lat": latitude}
    return record


def _value(told: Any) -> tuple[Any, str]:
    """What an attribute holds, and its unitCode: both forms."""
    if isinstance(told, Mapping) and told.get("type") in ("Property", "GeoProperty", "Relationship"):
        return told.get("value", told.get("object")), str(told.get("unitCode", ""))
    return told, ""
